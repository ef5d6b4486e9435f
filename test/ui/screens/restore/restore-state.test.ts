import test from 'ava';
import {policies, policyText, nextPolicy} from '../../../../source/ui/screens/restore/policy-texts.ts';
import {isIdle, isOverwriting, itemsOf, previewLimit} from '../../../../source/ui/screens/restore/preview/preview.ts';
import {findDaysAgo} from '../../../../source/ui/screens/restore/snapshots/days-ago.ts';
import {createRestoreScreen, snapshotIndex, stepBack, targetFolder, targetOf, toPicking, type RestoreScreen} from '../../../../source/ui/screens/restore/state.ts';
import {buildSnapshots, nowMs, dayMs} from '../../../helpers/overview-builder.ts';
import {buildRestoreSummary} from '../../../helpers/restore-summary.ts';

const snapshots = buildSnapshots('web', 5).toReversed();
const create = (snapshot?: string): RestoreScreen => createRestoreScreen({name: 'web', host: 'vault01', snapshots, folder: '/restored', ...(snapshot !== undefined && {snapshot})});

test('days ago: the newest snapshot that is at least so old', t => {
	t.is(findDaysAgo(snapshots, 0, nowMs), snapshots[0]);
	t.is(findDaysAgo(snapshots, 3, nowMs), snapshots[3]);
	t.is(findDaysAgo(snapshots, 5, nowMs), undefined);
	const exact = Date.parse(snapshots[0]!.time) + 2 * dayMs;
	t.is(findDaysAgo(snapshots, 2, exact), snapshots[0]);
	t.is(findDaysAgo(snapshots, 2, exact - 1), snapshots[1]);
});

test('the restore begins with the newest snapshot, or in the one that was chosen', t => {
	t.like(create(), {step: 'snapshot', snapshot: snapshots[0]!.id, policy: 'never', place: 'folder'});
	t.like(create(snapshots[2]!.id), {step: 'pick', snapshot: snapshots[2]!.id});
	t.is(snapshotIndex(create(snapshots[2]!.id)), 2);
	t.like(create('gone'), {step: 'snapshot', snapshot: snapshots[0]!.id});
});

test('each step leads back to the one before, and nothing that was picked is lost', t => {
	const picked = toPicking(create());
	const steps: RestoreScreen[] = [{...picked, step: 'preview', preview: {status: 'running', entries: 0}}];
	for (let before = stepBack(steps[0]!); before; before = stepBack(before)) {
		steps.push(before);
	}

	t.deepEqual(steps.map(({step}) => step), ['preview', 'target', 'pick', 'snapshot']);
	t.true(steps.every(({picking}) => picking === picked.picking));
	t.is(steps[1]!.preview, undefined);
	t.is(toPicking(steps[3]!).picking, picked.picking);
	t.is(stepBack({...picked, step: 'run'}), undefined);
});

test('each snapshot has a folder of its own unless somebody names one; the original places are the root', t => {
	const screen = create();
	t.regex(targetFolder(screen), /^\/restored\/2026-11-2\d-\d{4}$/);
	t.not(targetFolder(screen), targetFolder({...screen, snapshot: snapshots[1]!.id}));
	t.is(targetOf({...screen, ownFolder: '/elsewhere'}), '/elsewhere');
	t.is(targetOf({...screen, ownFolder: '/elsewhere', place: 'original'}), '/');
});

test('a key goes through all policies, each of them in words', t => {
	const seen = policies.map(policy => nextPolicy(policy));
	t.deepEqual(seen.toSorted(), [...policies].sort());
	t.is(new Set(policies.map(policy => policyText(policy, snapshots[0]!.id))).size, policies.length);
	t.true(policyText('keep-both', snapshots[0]!.id).includes(`NAME.coffer-${snapshots[0]!.id.slice(0, 8)}`));
});

test('every way to lose something that is there counts as replacing it', t => {
	const counts = ['replace', 'foldersReplacing', 'compare', 'delete'] as const;
	t.deepEqual(counts.map(count => isOverwriting(buildRestoreSummary({planned: {[count]: 1}}))), counts.map(() => true));
	const harmless = buildRestoreSummary({planned: {create: 4, beside: 2, folders: 3, identical: 5, kept: 6}});
	t.false(isOverwriting(harmless));
	t.false(isIdle(harmless));
	t.true(isIdle(buildRestoreSummary({planned: {create: 0, folders: 0, identical: 5, kept: 6}})));
	t.false(isIdle(buildRestoreSummary({planned: {create: 0, folders: 1}})));
	t.false(isIdle(buildRestoreSummary({planned: {create: 0, folders: 0, compare: 1}})));
});

test('what cannot be restored comes first in the preview', t => {
	const summary = buildRestoreSummary({problems: [{path: '/lost', message: 'it is damaged.'}], preview: [{path: '/a', action: 'create', size: 3}]});
	t.deepEqual(itemsOf(summary), [{action: 'cannot', path: '/lost', message: 'it is damaged.'}, {path: '/a', action: 'create', size: 3}]);
	t.is(itemsOf(buildRestoreSummary({problems: Array.from({length: 2000}, (_, index) => ({path: `/${index}`, message: ''}))})).length, previewLimit);
});
