import test from 'ava';
import type {Finding} from '../../../source/engine/monitoring/alert.ts';
import {notedForMs, standingFindings} from '../../../source/engine/monitoring/noted-findings.ts';
import {findRecoveryTrouble, recoveryCheckMs} from '../../../source/engine/monitoring/recovery-findings.ts';
import {findUnreachable, noteUnopened} from '../../../source/engine/monitoring/unreachable.ts';
import {CofferError} from '../../../source/engine/errors.ts';
import type {SlotId} from '../../../source/engine/ids.ts';
import type {NotedFinding} from '../../../source/engine/state/noted-findings.ts';
import {createTestState, idOf} from '../../helpers/test-state.ts';

const nowMs = Date.parse('2026-11-21T18:46:00.000Z');
const at = (agoMs: number): string => new Date(nowMs - agoMs).toISOString();
const finding = (more: Partial<Finding> = {}): Finding => ({key: 'permissions:/a', kind: 'permissions', severity: 'warning', object: '/a', message: 'it is open', cause: 'why', nextStep: 'close it', ...more});
const noted = (more: Partial<NotedFinding> = {}): NotedFinding => ({...finding(), time: at(0), ...more});

test('what a watch has noted stands for two days; what the overview finds itself comes from there', t => {
	const keys = (all: readonly NotedFinding[], found: readonly Finding[] = []) => standingFindings(all, found, nowMs).map(({key, message}) => `${key} ${message}`);
	t.deepEqual(keys([noted()], [finding({key: 'late:a', kind: 'late', message: 'late'})]), ['permissions:/a it is open', 'late:a late']);
	t.deepEqual(keys([noted()], [finding({message: 'seen now'})]), ['permissions:/a seen now']);
	t.deepEqual([notedForMs, notedForMs + 1, -notedForMs - 1].map(agoMs => keys([noted({time: at(agoMs)})]).length), [1, 0, 0], 'a clock that went back makes it no younger');
	t.deepEqual(keys([noted({kind: 'unreachable'}), noted({kind: 'key'}), noted({kind: 'of a later version'}), noted({severity: 'apocalyptic'})]), []);
	t.deepEqual(standingFindings([noted()], [], nowMs), [finding()]);
});

test('each watch replaces its own, of its own repository, and long texts are cut', t => {
	const {open} = createTestState(t);
	const state = open();
	t.deepEqual(state.watch.findings(), []);
	state.watch.replace('monitor', [noted(), noted({key: 'clock:h', kind: 'clock', message: `a\n${'b'.repeat(1000)}`})]);
	state.watch.replace('audit', [noted({key: 'recovery:none', kind: 'recovery'})]);
	open(idOf('b')).watch.replace('monitor', [noted({key: 'other'})]);
	const found = state.watch.findings();
	t.deepEqual(found.map(({key}) => key).toSorted(), ['clock:h', 'permissions:/a', 'recovery:none']);
	t.is(found.find(({kind}) => kind === 'clock')!.message.length, 500);
	t.deepEqual(found.find(({kind}) => kind === 'permissions'), noted());
	state.watch.replace('monitor', []);
	t.deepEqual(state.watch.findings().map(({key}) => key), ['recovery:none']);
});

test('an audit is remembered in the place of the one before', t => {
	const {open} = createTestState(t);
	const state = open();
	t.is(state.watch.audit(), undefined);
	state.watch.recordAudit({time: at(5), tombstones: [idOf('1')]});
	state.watch.recordAudit({time: at(0), tombstones: [idOf('1'), idOf('2')]});
	t.deepEqual(open().watch.audit(), {time: at(0), tombstones: [idOf('1'), idOf('2')]});
});

test('which errors say that a repository cannot be reached or opened; the others are none of it', t => {
	const kindOf = (code: CofferError['code']) => findUnreachable(new CofferError(code, 'What happened.'), '/r')?.kind;
	t.deepEqual((['repository-missing', 'storage-failed', 'storage-denied', 'format-unsupported', 'damaged', 'key-wrong', 'key-expired', 'key-file-missing'] as const).map(code => kindOf(code)), ['unreachable', 'unreachable', 'unreachable', 'unreachable', 'damage', 'key', 'key', 'key']);
	t.deepEqual((['aborted', 'usage', 'internal', 'state-failed'] as const).map(code => kindOf(code)), [undefined, undefined, undefined, undefined]);
	t.is(findUnreachable(new TypeError('x'), '/r'), undefined);
	t.like(findUnreachable(new CofferError('storage-failed', 'The disk is gone.'), '/r'), {key: 'unreachable:/r', severity: 'critical', object: '/r', cause: 'The disk is gone'});
});

test('findings without a repository have a life, and leave alone what was found in it', t => {
	const {open, stateFolder, runtime, warnings} = createTestState(t);
	const context = {runtime, warn(message: string) {
		warnings.push(message);
	}};
	const unreachable = finding({key: 'unreachable:/r', kind: 'unreachable', severity: 'critical'});
	const firstSeenOf = () => noteUnopened(stateFolder, '/r', [unreachable], context).map(({key, firstSeen}) => [key, firstSeen]);
	t.deepEqual(firstSeenOf(), [['unreachable:/r', at(0)]]);
	t.deepEqual(open().alerts.records(), [], 'it is not known which repository lies there');

	const state = open();
	state.checkPlace('/r');
	const late = {key: 'late:a', severity: 'warning', firstSeen: at(1000), lastSeen: at(1000)};
	state.alerts.change({time: at(1000), compare: () => 0}, () => [late]);
	const begun = firstSeenOf();
	runtime.forward(60 * 60 * 1000);
	t.deepEqual(firstSeenOf(), begun, 'it goes on');
	t.deepEqual(state.alerts.records().map(({key}) => key).toSorted(), ['late:a', 'unreachable:/r']);
	t.deepEqual(state.alerts.records().find(({key}) => key === 'late:a'), late);
	t.deepEqual(warnings, []);
});

const key = (more: Partial<Parameters<typeof findRecoveryTrouble>[0]['keys'][number]>) => ({id: idOf<SlotId>('1'), label: 'paper', role: 'owner', created: at(0), isOwn: false, isRecovery: false, ...more} as const);

test('recovery: another owner, or a recovery key that was proven', t => {
	const find = (...keys: ReadonlyArray<ReturnType<typeof key>>) => findRecoveryTrouble({keys}, nowMs).map(({key: name, message}) => `${name} ${message}`);
	t.deepEqual(find(key({})), ['recovery:none there is none, and no other owner\'s key']);
	t.deepEqual(find(key({}), key({role: 'backup'})), ['recovery:none there is none, and no other owner\'s key']);
	t.deepEqual(find(key({}), key({})), []);
	t.deepEqual(find(key({}), key({isRecovery: true, created: at(recoveryCheckMs)})), []);
	t.deepEqual(find(key({}), key({isRecovery: true, created: at(recoveryCheckMs + 1)})), [`recovery:${idOf('1')} it is 183 days old and was never proven on this host`]);
	t.deepEqual(find(key({isRecovery: true, created: at(2 * recoveryCheckMs), checked: at(recoveryCheckMs + 1)})), [`recovery:${idOf('1')} it was last proven 183 days ago`]);
	t.deepEqual(find(key({isRecovery: true, created: at(2 * recoveryCheckMs), checked: at(1)})), []);
});
