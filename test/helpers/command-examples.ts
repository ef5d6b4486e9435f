import {Buffer} from 'node:buffer';
import {mkdirSync, writeFileSync} from 'node:fs';
import {encryptLikeOpenssl} from './old-archives.ts';
import type {TestHost} from './run-coffer.ts';

/** Of each command a way to call it that succeeds on a host made by `prepareHost`; commands that this version does not have are passed over. */
export const commandExamples: Readonly<Record<string, ReadonlyArray<readonly string[]>>> = {
	init: [['--repository', './another', '--key-file', './another.key']],
	backup: [['data'], ['./data'], ['data', '--dry-run']],
	snapshots: [[], ['--source', 'data']],
	verify: [[], ['--read-data'], ['latest']],
	prune: [[], ['--dry-run'], ['--no-retention', '--max-repack', '0'], ['--trust-clock']],
	restore: [['latest', '--target', './out'], ['latest', '--target', './out', '--dry-run']],
	key: [['status'], ['list'], ['rotate', '--dry-run']],
	status: [[]],
	// How full the machine's disk is decides what they end with.
	monitor: [],
	health: [],
	alerts: [[], ['list', '--all'], ['--since', '1d'], ['ack', '--all', '--note', 'on it'], ['ack', '--all', '--undo']],
	metrics: [[], ['--file', './coffer.prom']],
	report: [[], ['--since', '2w'], ['--format', 'html', '--output', './report.html']],
	audit: [['show'], ['show', '--since', '1d', '--operation', 'backup'], ['verify']],
	logs: [['--lines', '1'], ['backup', 'security', '--lines', '1', '--level', 'info', '--since', '1d']],
	schedule: [['status'], ['next'], ['next', '--count', '3'], ['run', 'daily'], ['run', 'daily', '--if-due']],
	// It goes on until it is told to end; end-to-end/daemon.test.ts.
	daemon: [],
	config: [['show'], ['validate'], ['path']],
	doctor: [[]],
	completion: [['bash'], ['zsh'], ['fish'], ['words', 'sources'], ['words', 'snapshots']],
	show: [['latest']],
	ls: [['latest']],
	find: [['*']],
	diff: [['latest', 'latest']],
	import: [['./old-20250807-212033.sql.enc', '--archive-key', './old.key'], ['./old-20250807-212033.sql.enc', '--archive-key', './old.key', '--dry-run'], ['./old-20250807-212033.sql.enc', '--archive-key', './old.key', '--target', './out']],
	export: [['latest:data', '--archive-key', './old.key', '--target', './out/']],
	// It plays for some seconds; end-to-end/demo.test.ts.
	demo: [],
	// It prints a file as it is, in every mode.
	cat: [],
	// That no snapshot of a source is left is said in every mode.
	forget: [],
};

/** A repository, a configuration with the source `data`, one snapshot of it, and an archive of an old script with its key. */
export async function prepareHost(host: TestHost, sources: ReadonlyArray<Record<string, unknown>> = []): Promise<void> {
	mkdirSync(host.path('data'), {recursive: true});
	writeFileSync(host.path('data/file'), 'some text');
	writeFileSync(host.path('old.key'), 'old secret\n', {mode: 0o600});
	writeFileSync(host.path('old-20250807-212033.sql.enc'), encryptLikeOpenssl(Buffer.from('-- a dump\n'), 'old secret'));
	await host.runHere(['init']);
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, sources: [{name: 'data', paths: [host.path('data')]}, ...sources]}));
	await host.runHere(['backup']);
}
