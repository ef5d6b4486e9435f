import test from 'ava';
import {findHostTrouble, type HostFacts, type PlaceFacts} from '../../../source/engine/monitoring/host-findings.ts';

const time = '2026-11-21T18:00:00.000Z';
const place = (what: PlaceFacts['what'], mode: number, more: Partial<PlaceFacts> = {}): PlaceFacts => ({what, path: `/etc/coffer/${what}`, mode, uid: 1000, ...more});
const factsOf = (more: Partial<HostFacts>): HostFacts => ({host: 'here', uid: 1000, places: [], clock: 'ok', time, ...more});
const find = (more: Partial<HostFacts>) => findHostTrouble(factsOf(more));
const short = (places: readonly PlaceFacts[]) => find({places}).map(({severity, message}) => `${severity} ${message}`);

test('nothing is wrong with what is private, and belongs to this user or to root', t => {
	t.deepEqual(find({
		places: [place('key file', 0o600), place('configuration', 0o644), place('state folder', 0o755), place('repository', 0o750, {uid: 34}), place('configuration', 0o600, {uid: 0})],
		stateSpace: {folder: '/s', freeBytes: 5e9, totalBytes: 1e10},
	}), []);
});

test('who may read or write too much, and what to do', t => {
	t.deepEqual(short([place('key file', 0o640), place('configuration', 0o660), place('state folder', 0o777), place('repository', 0o1777)]), [
		'critical others may read this key file (mode 640)',
		'critical others may write this configuration (mode 660)',
		'critical others may write this state folder (mode 777)',
		'warning others may write this repository (mode 1777)',
	]);
	const [key] = find({places: [place('key file', 0o604)]});
	t.like(key, {key: 'permissions:/etc/coffer/key file', kind: 'permissions', object: '/etc/coffer/key file', cause: 'who can read it can read every backup'});
	t.is(key!.nextStep, 'run "chmod 600 \'/etc/coffer/key file\'", and rotate the key with "coffer key rotate" if others could have read it');
	t.is(find({places: [place('configuration', 0o620, {path: '/a/b.json'})]})[0]!.nextStep, 'run "chmod go-w /a/b.json"');
});

test('what belongs to others, and what cannot be used', t => {
	t.deepEqual(short([place('state folder', 0o700, {uid: 33}), place('repository', 0o700, {uid: 33})]), ['warning this state folder belongs to another user (uid 33)']);
	const findings = find({places: [place('repository', 0o500, {lack: 'EACCES: permission denied'})]});
	t.like(findings[0], {severity: 'critical', message: 'this repository cannot be used', cause: 'EACCES: permission denied'});
	const all = find({places: [place('configuration', 0o666, {uid: 33, lack: 'x'})]});
	t.is(new Set(all.map(({key}) => key)).size, 3, 'each has a key of its own');
});

test('the clock, and room for what is remembered', t => {
	const clock = (state: HostFacts['clock']) => find({clock: state}).map(({severity, kind, key}) => [severity, kind, key]);
	t.deepEqual(clock('behind'), [['critical', 'clock', 'clock:here']]);
	t.deepEqual(clock('slightly-behind'), [['warning', 'clock', 'clock:here']]);
	t.deepEqual(clock('ahead'), [['warning', 'clock', 'clock:here']]);
	t.regex(find({clock: 'behind'})[0]!.cause!, /2026-11-21T18:00:00\.000Z/);
	const space = (freeBytes: number, totalBytes: number) => find({stateSpace: {folder: '/s', freeBytes, totalBytes}}).map(({severity}) => severity);
	t.deepEqual([space(2e8, 1e9), space(199_999_999, 1e9), space(1e9, 1e10), space(999_999_999, 1e10), space(0, 0)], [[], ['critical'], [], ['warning'], []]);
	t.is(find({stateSpace: {folder: '/s', freeBytes: 0, totalBytes: 1e10}})[0]!.message, '0 bytes of 10.0 GB are free where this host remembers things');
});
