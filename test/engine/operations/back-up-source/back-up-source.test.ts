import {readFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {EngineEvent} from '../../../../source/engine/events.ts';
import {backUpSource, type BackUpOptions, type BackupSummary} from '../../../../source/engine/operations/back-up-source/back-up-source.ts';
import {readSourceSecret} from '../../../../source/engine/programs/read-secret.ts';
import {verify} from '../../../../source/engine/operations/verify/verify.ts';
import {listSnapshots} from '../../../../source/engine/repository/repository.ts';
import type {CommandSource, FilesSource, Hook, Source} from '../../../../source/engine/sources/source.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {isAlive} from '../../../helpers/processes.ts';
import {createTestRepository, readSnapshot, withRole} from '../../../helpers/repository-session.ts';
import {createFolder, writeLayout} from '../../../helpers/source-folder.ts';
import {createRealRuntime} from '../../../helpers/system-runtime.ts';

/** A repository, and what its backups report. */
async function scene(t: ExecutionContext) {
	const {session, storage} = await createTestRepository(createRealRuntime());
	const folder = createFolder(t);
	const events: EngineEvent[] = [];
	const options: BackUpOptions = {
		onEvent(event) {
			events.push(event);
		},
		async readSecret() {
			throw new TypeError('No source here has a secret');
		},
	};
	const run = async (source: Source, {isDryRun = false, ...more}: Partial<BackUpOptions> & {readonly isDryRun?: boolean} = {}): Promise<BackupSummary> =>
		backUpSource(session, {source, isDryRun}, {...options, ...more});
	const snapshots = async () => (await listSnapshots(session)).snapshots;
	const warnings = (kind: string) => events.flatMap(event => event.event === 'warning' && event.kind === kind ? [event.message] : []);
	return {session, storage, folder, events, options, run, snapshots, warnings};
}

const command = (line: string, more: Partial<CommandSource> = {}): Source => ({kind: 'command', name: 'dump', command: ['/bin/sh', '-c', line], ...more});
const shell = (line: string): Hook => ({shell: line});

test('a stream becomes a snapshot of its kind, with classification, facts and paths; the next run has it as the base of deltas', async t => {
	const {session, run, snapshots, events} = await scene(t);
	// Text that deltas are for: much of it changes between the days, a little on each line.
	const dump = (day: number) => `i=0; while [ $i -lt 40000 ]; do echo "$i;customer $((i * 7919 % 10007));$((i % 100 == 0 ? ${day} : 0))"; i=$((i+1)); done`;
	const first = await run(command(dump(1), {classification: 'restricted'}));
	const second = await run(command(dump(2), {classification: 'restricted'}));
	t.deepEqual([...new Set(events.flatMap(event => event.event === 'progress' && event.current ? [event.current] : []))], ['/dump']);
	const [one, two] = await snapshots();
	t.like(one, {kind: 'command', source: 'dump', classification: 'restricted', facts: {origin: '/bin/sh'}, paths: ['/bin/sh'], class: 'manual'});
	t.is(two!.previous!.id, one!.id);
	t.true(second.storedBytes * 4 < first.storedBytes, `${first.storedBytes}, then ${second.storedBytes}`);
	t.is(second.previousBytes, first.bytes);
	t.is((await readSnapshot(session, two!)).get('/dump')!.content!.toString().split('\n').length, 40_001);
	t.deepEqual((await verify(session, {readData: {fraction: 1}})).problems, []);
	t.log(`${first.bytes} bytes, stored as ${first.storedBytes}, the next day as ${second.storedBytes}`);
});

const failing: ReadonlyArray<readonly [string, Source, RegExp]> = [
	['it fails after 100 kB', command('head -c 100000 /dev/urandom; exit 3'), /exit code 3/],
	['it is killed', command('head -c 100000 /dev/urandom; kill -9 $$'), /SIGKILL/],
	['it is empty', command('exit 0'), /gave 0 bytes/],
	['it is shorter than asked for', command('echo x', {minimumBytes: 1000}), /gave 2 bytes/],
	['it is larger than its limit', command('head -c 3000000 /dev/urandom', {maximumBytes: 2_000_000}), /more than its limit of 2\.0 MB/],
	['its program is missing', {kind: 'command', name: 'dump', command: ['/nonexistent']}, /not on this machine/],
];

for (const [what, source, message] of failing) {
	test(`no snapshot, and the reason: ${what}`, async t => {
		const {run, snapshots, storage, session} = await scene(t);
		await refusesAsync(t, async () => run(source), what.includes('missing') ? 'source-missing' : 'source-failed', message);
		t.deepEqual(await snapshots(), []);
		t.deepEqual(await storage.list('writers'), []);
		t.deepEqual((await verify(session, {})).problems, []);
	});
}

test('a secret that is not there is a failure of its source, which it names', async t => {
	const {run, snapshots, session} = await scene(t);
	const readSecret: BackUpOptions['readSecret'] = async (reference, what, signal) => readSourceSecret(reference, what, {runtime: session.runtime, hidden: [], signal});
	for (const [url, message] of [[{env: 'COFFER_TEST_NOPE'}, /COFFER_TEST_NOPE that the source "shop" names is not set/], [{file: '/nonexistent'}, /\/nonexistent that the source "shop" names/], [{command: ['/bin/true']}, /The secret of the source "shop": its place gives an empty line/]] as const) {
		await refusesAsync(t, async () => run({kind: 'mysql', name: 'shop', url}, {readSecret}), 'source-failed', message);
	}

	t.deepEqual(await snapshots(), []);
});

test('a program that has more to give than it may is ended with the run', async t => {
	const {folder, run} = await scene(t);
	await refusesAsync(t, async () => run(command(`echo $$ > ${folder}/pid; exec cat /dev/urandom`, {maximumBytes: 2_000_000})), 'source-failed', /more than its limit/);
	t.false(isAlive(Number(readFileSync(path.join(folder, 'pid'), 'utf8'))));
});

test('a time limit ends what takes longer, and says so; a signal before that is an interruption', async t => {
	const {run, snapshots} = await scene(t);
	await refusesAsync(t, async () => run(command('echo begun; sleep 1000', {maximumDurationMs: 300})), 'source-failed', /"dump" was not read within its limit of 0 minutes/);
	const controller = new AbortController();
	controller.abort();
	await refusesAsync(t, async () => run(command('echo x', {maximumDurationMs: 60_000}), {signal: controller.signal}), 'aborted');
	t.deepEqual(await snapshots(), []);
	t.truthy((await run(command('echo x', {maximumDurationMs: 60_000}))).snapshot);
});

test('limits hold for files, too', async t => {
	const {folder, run, snapshots} = await scene(t);
	writeLayout(folder, {a: 'x'.repeat(600), b: 'x'.repeat(600)});
	const files = (more: Partial<FilesSource>): Source => ({kind: 'files', name: 'files', paths: [folder], ...more});
	await refusesAsync(t, async () => run(files({maximumBytes: 1000})), 'source-failed', /more than its limit/);
	t.deepEqual(await snapshots(), []);
	t.truthy((await run(files({maximumBytes: 1200, classification: 'public'}))).snapshot);
	t.is((await snapshots())[0]!.classification, 'public');
});

test('hooks run around a backup, without a shell unless asked, with a clean environment that tells them what happened', async t => {
	const {folder, run, events} = await scene(t);
	const log = path.join(folder, 'log');
	const summary = await run(command('echo data', {before: {command: ['tee', path.join(folder, '$HOME')]}, after: shell(`env | grep ^COFFER | sort > ${log}; echo said; echo complained >&2`)}));
	t.like(summary.hooks, {before: {status: 'succeeded'}, after: {status: 'succeeded'}});
	t.is(readFileSync(path.join(folder, '$HOME'), 'utf8'), '');
	t.is(readFileSync(log, 'utf8'), `COFFER_BYTES=5\nCOFFER_HOOK=after\nCOFFER_SNAPSHOT=${summary.snapshot!.id}\nCOFFER_SOURCE=dump\nCOFFER_STATUS=succeeded\n`);
	t.deepEqual(events.flatMap(event => event.event === 'log' ? [event.message] : []), ['dump: The hook "after" of "dump" wrote: complained', 'dump: The hook "after" of "dump" printed: said']);
});

test('where the hook before fails nothing is read, and the one after does not run', async t => {
	const {folder, run, snapshots} = await scene(t);
	const file = path.join(folder, 'after');
	await refusesAsync(t, async () => run(command(`touch ${folder}/read`, {before: shell('echo "no disk" >&2; exit 7'), after: {command: ['touch', file]}})), 'source-failed', /The hook "before" of "dump" failed: exit code 7: no disk\. Nothing was read\./);
	t.deepEqual(await snapshots(), []);
	for (const name of ['read', 'after']) {
		t.throws(() => readFileSync(path.join(folder, name)), {code: 'ENOENT'});
	}

	await refusesAsync(t, async () => run(command('echo x', {before: {command: ['/nonexistent/hook']}})), 'source-failed', /there is no program \/nonexistent\/hook/);
	await refusesAsync(t, async () => run(command('echo x', {before: {shell: 'sleep 1000', timeoutMs: 200}})), 'source-failed', /took longer than 0 seconds/);
});

test('the hook after runs when the backup failed and when it was interrupted, and is told', async t => {
	const {folder, run} = await scene(t);
	const told = path.join(folder, 'told');
	const after = shell(`echo $COFFER_STATUS >> ${told}`);
	await refusesAsync(t, async () => run(command('exit 1', {after})), 'source-failed');
	const controller = new AbortController();
	await refusesAsync(t, async () => run(command('echo x; sleep 1000', {after}), {signal: controller.signal, onEvent(event) {
		if (event.event === 'progress' && event.phase === 'reading') {
			controller.abort();
		}
	}}), 'aborted');
	t.is(readFileSync(told, 'utf8'), 'failed\ninterrupted\n');
});

test('a hook after that fails leaves the snapshot, has a status of its own, and is a warning; of a failed backup the message says both', async t => {
	const {run, snapshots, warnings} = await scene(t);
	const after = shell('exit 9');
	const summary = await run(command('echo x', {after}));
	t.like(summary.hooks!.after, {status: 'failed', message: 'The hook "after" of "dump" failed: exit code 9.'});
	t.is((await snapshots()).length, 1);
	t.deepEqual(warnings('source'), ['The hook "after" of "dump" failed: exit code 9. The snapshot was made.']);
	await refusesAsync(t, async () => run(command('exit 2', {after})), 'source-failed', /exit code 2\. The hook "after" of "dump" failed: exit code 9\./);
});

test('a source that lost half of what it had is a warning, of any kind; less is none', async t => {
	const {folder, run, warnings} = await scene(t);
	const size = async (bytes: number) => run(command(`head -c ${bytes} /dev/zero`));
	await size(1000);
	await size(501);
	t.deepEqual(warnings('shrunk'), []);
	await size(250);
	t.regex(warnings('shrunk')[0]!, /^"dump" has shrunk from 501 bytes to 250 bytes since its previous snapshot\./);
	writeLayout(folder, {a: 'x'.repeat(100), b: 'y'.repeat(100)});
	const files: Source = {kind: 'files', name: 'files', paths: [folder]};
	await run(files);
	writeLayout(folder, {a: '', b: 'y'});
	await run(files);
	t.is(warnings('shrunk').length, 2);
});

test('a dry run looks at a source, runs no hook and stores nothing', async t => {
	const {folder, run, storage} = await scene(t);
	const before = await storage.list('');
	const summary = await run(command(`touch ${folder}/read`, {before: {command: ['touch', `${folder}/hook`]}}), {isDryRun: true});
	t.like(summary, {files: 0, addedBytes: 0});
	t.is(summary.snapshot, undefined);
	t.deepEqual(await storage.list(''), before);
	await refusesAsync(t, async () => run({kind: 'command', name: 'dump', command: ['/nonexistent']}, {isDryRun: true}), 'source-missing');
	for (const name of ['read', 'hook']) {
		t.throws(() => readFileSync(path.join(folder, name)), {code: 'ENOENT'});
	}
});

test('a key that may not write runs no hook and no program', async t => {
	const {session, folder, options} = await scene(t);
	const auditor = await withRole(session, 'auditor');
	await refusesAsync(t, async () => backUpSource(auditor, {source: command(`touch ${folder}/read`, {before: {command: ['touch', `${folder}/hook`]}})}, options), 'key-role');
	t.throws(() => readFileSync(path.join(folder, 'hook')), {code: 'ENOENT'});
	const writer = await withRole(session, 'backup');
	t.truthy((await backUpSource(writer, {source: command('echo x')}, options)).snapshot);
});
