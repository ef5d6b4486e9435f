import test from 'ava';
import {keysOf, leftUnderOld, recoveryState, toMove, underText} from '../../../source/ui/model/key-state.ts';
import {keyNotes, runningText} from '../../../source/ui/panes/keys.tsx';
import {buildKeyCounts, buildRotatingKeys, withCheck} from '../../helpers/drawn-keys.ts';
import {buildActivity, buildOverview, nowMs} from '../../helpers/overview-builder.ts';

test('a recovery key: none, never checked, checked, checked long ago', t => {
	const keys = buildKeyCounts();
	t.deepEqual(recoveryState({...keys, keys: keys.keys.filter(({isRecovery}) => !isRecovery)}, nowMs), {text: 'no recovery key', tone: 'warning'});
	t.deepEqual(recoveryState(keys, nowMs), {text: 'recovery key never checked', tone: 'warning'});
	t.deepEqual(recoveryState(withCheck(keys, 12), nowMs), {text: 'recovery check OK 12d ago', tone: 'muted'});
	t.deepEqual(recoveryState(withCheck(keys, 90), nowMs), {text: 'recovery check OK 90d ago', tone: 'muted'});
	t.deepEqual(recoveryState(withCheck(keys, 91), nowMs), {text: 'recovery check old 91d ago', tone: 'warning'});
});

test('counts belong to the epochs and slots that they were taken of', t => {
	const overview = buildOverview();
	const keyCounts = buildKeyCounts();
	t.is(keysOf({overview})!.epochs[0]!.objects, undefined);
	t.is(keysOf({overview, keyCounts})!.epochs[0]!.objects, 90);
	t.deepEqual(keysOf({overview, keyCounts})!.keys[0]!.factors, ['key-file']);
	t.is(keysOf({overview, keyCounts: buildRotatingKeys('keys')})!.epochs[0]!.objects, undefined);
	t.is(keysOf({}), undefined);
});

test('what a rotation has to move: all under the active epoch, then what is left under the old one', t => {
	t.like(toMove(buildKeyCounts()), {objects: 90, packs: 36});
	t.is(leftUnderOld(buildKeyCounts()), undefined);
	const left = {objects: 12, packs: 3, packBytes: 40_000_000};
	t.deepEqual(leftUnderOld(buildRotatingKeys('packs')), left);
	t.deepEqual(toMove(buildRotatingKeys('packs')), left);
	t.is(toMove(buildOverview().keys), undefined);
	t.is(underText(left), '12 objects, of them 3 packs of 40 MB');
	t.is(underText({objects: 1, packs: 0, packBytes: 0}), '1 object');
});

test('a rotation of another process shows in the pane, other work with keys does not', t => {
	const {progress} = buildActivity();
	const activity = buildActivity({kind: 'keys', subject: 'rotation', progress: {...progress!, phase: 're-encrypting'}});
	t.is(runningText([], [activity]), 'rotation re-encrypting 38%');
	t.is(runningText([], [buildActivity({kind: 'keys', subject: 'adding a key'}), buildActivity()]), undefined);
	const [first] = keyNotes(buildRotatingKeys('keys'), {nowMs, running: undefined});
	t.is(first!.cells.map(({text}) => text).join(''), '  rotation: 12 objects left, K goes on');
});
