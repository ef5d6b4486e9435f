import {chmodSync, symlinkSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {prepareHost} from './command-examples.ts';
import {TestHost, type Outcome} from './run-coffer.ts';
import {describeFolder} from './walk-folder.ts';

/** What every message has to be: one line that says what to do, no stack, nothing raw; with `--json` the same as one event. */
function assertClear(t: ExecutionContext, {stderr, stdout}: Outcome, about: string): void {
	t.is(stdout, '', about);
	t.regex(stderr, /^coffer: [A-Z"\d/-][^\n]+[.)]\n$/, about);
	t.notRegex(stderr, /\n +at |node:internal|Unforeseen|unforeseen|undefined|\[object/, about);
	t.true(stderr.length < 600, `${about}: ${stderr}`);
}

/** A wrong call, and how it has to end. */
export type WrongUse = {
	readonly what: string;
	readonly argv: readonly string[];
	readonly code: number;
	readonly says: RegExp;
	/** The configuration for this case. */
	readonly config?: (host: TestHost) => unknown;
	readonly environment?: Record<string, string | undefined>;
};

/** With a snapshot of `data`, a second repository, and key files that are not to be used. */
export async function createHost(t: ExecutionContext): Promise<TestHost> {
	const host = new TestHost(t);
	await prepareHost(host);
	await host.runHere(['init', '--repository', './second', '--key-file', './wrong.key']);
	await host.runHere(['key', 'add', '--role', 'auditor', '--label', 'second', '--new-key-file', './second.key']);
	writeFileSync(host.path('open.key'), 'x', {mode: 0o644});
	writeFileSync(host.path('not-a-key'), 'x', {mode: 0o600});
	chmodSync(host.path('open.key'), 0o644);
	symlinkSync(host.path('wrong.key'), host.path('link.key'));
	return host;
}

/**
Every case in one host: the message, the code, and that neither repository nor data nor anything else but log and memory changed.
@param isInProcess - Whether no process of its own is started for each, which is quicker. @default false
*/
export async function tryAll(t: ExecutionContext, cases: readonly WrongUse[], isInProcess = false): Promise<void> {
	const host = await createHost(t);
	const original = JSON.stringify({repository: host.repository, key: {file: 'key'}, sources: [{name: 'data', paths: [host.path('data')]}]});
	const listing = () => Object.fromEntries(Object.entries(describeFolder(host.folder)).filter(([name]) => !name.startsWith('home/.local/state') && !name.startsWith('home/.config/coffer/config.json')));
	const before = listing();
	for (const {what, argv, code, says, config, environment} of cases) {
		const content = config?.(host) ?? original;
		writeFileSync(host.configFile, typeof content === 'string' ? content : JSON.stringify(content), {mode: 0o600});
		const options = environment ? {environment: {...host.environment, ...environment}} : {};
		const outcome = isInProcess ? await host.runHere(argv, options) : host.run(argv, options);
		t.is(outcome.code, code, `${what}: ${outcome.stderr}`);
		t.regex(outcome.stderr, says, what);
		t.notRegex(outcome.stderr, /hunter2|canary/, what);
		assertClear(t, outcome, what);
		const asJson = await host.runHere([...argv.includes('--') ? ['--json', ...argv] : [...argv, '--json']], options);
		t.is(asJson.code, code, `${what} with --json: ${asJson.stderr}`);
		t.true(asJson.json().every(line => line['event'] === 'progress'), what);
		t.is(asJson.stderr.split('\n').length, 2, what);
		const event = JSON.parse(asJson.stderr) as {event: string; message: string};
		t.is(event.event, 'error', what);
		if (process.env['COFFER_TEST_MESSAGES']) {
			t.log(`${what}: ${event.message}`);
		}
	}

	t.deepEqual(listing(), before);
	t.log(`${cases.length} wrong uses, each with and without --json; ${Object.keys(before).length} files unchanged`);
}
