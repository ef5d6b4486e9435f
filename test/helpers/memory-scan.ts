import {closeSync, openSync, readFileSync, readSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {PassThrough} from 'node:stream';
import {setImmediate} from 'node:timers/promises';
import {run} from '../../source/cli/run.ts';
import {mask, masked} from './masked-secret.ts';

/*
A process that runs command lines and then looks through all of its own writable memory for a secret: FOLDER, and the job as JSON on stdin. It gets the secret masked, so that it is there only where
the program under test has put it. Prints the hits after each command line as JSON.
*/

export type ScanJob = {
	/** Of a person's answer, or what to look for; hexadecimal, masked. */
	readonly secrets: readonly string[];
	readonly calls: ReadonlyArray<readonly string[]>;
	readonly environment: Readonly<Record<string, string>>;
	/** Opened anew for each call, as COFFER_PASSPHRASE_FD. */
	readonly descriptorFile?: string;
	/** How often the first secret is typed in each call. */
	readonly typed?: readonly number[];
};

const folder = process.argv[2] ?? '';
const job = JSON.parse(readFileSync(0, 'utf8')) as ScanJob;
const chunk = Buffer.alloc(1 << 20);
const beginningBytes = 8;

/** The beginning of each secret, as what the search looks for, and the rest, masked: nowhere is the whole. */
const needles = job.secrets.map(secret => {
	const beginning = masked(secret.slice(0, beginningBytes * 2));
	return {beginning, rest: Buffer.from(secret.slice(beginningBytes * 2), 'hex')};
});
const overlap = Math.max(...job.secrets.map(({length}) => length / 2)) - 1;

function countIn(bytes: Buffer): number {
	let hits = 0;
	for (const {beginning, rest} of needles) {
		for (let at = bytes.indexOf(beginning); at !== -1; at = bytes.indexOf(beginning, at + 1)) {
			const end = Buffer.from(bytes.subarray(at + beginningBytes, at + beginningBytes + rest.byteLength));
			mask(end);
			hits += Number(end.equals(rest));
		}
	}

	return hits;
}

/** How often the secrets stand in this process's memory. */
function countHits(): number {
	const memory = openSync('/proc/self/mem', 'r');
	let hits = 0;
	for (const [, start = '', end = ''] of readFileSync('/proc/self/maps', 'utf8').matchAll(/^([\da-f]+)-([\da-f]+) rw/gm)) {
		for (let at = Number.parseInt(start, 16); at + overlap < Number.parseInt(end, 16);) {
			let bytesRead = 0;
			try {
				bytesRead = readSync(memory, chunk, 0, Math.min(chunk.byteLength, Number.parseInt(end, 16) - at), at);
			} catch {
				// A mapping that is not for reading, as those of the kernel.
				break;
			}

			hits += countIn(chunk.subarray(0, bytesRead));
			chunk.fill(0);
			at += Math.max(1, bytesRead - overlap);
		}
	}

	closeSync(memory);
	return hits;
}

function createStream(isTerminal: boolean): PassThrough {
	return Object.assign(new PassThrough(), {isTTY: isTerminal});
}

const outcomes: Array<{code: number; hits: number; said: string}> = [];
for (const [index, argv] of job.calls.entries()) {
	const times = job.typed?.[index] ?? 0;
	const stdin = createStream(times > 0);
	const stderr = createStream(times > 0);
	let said = '';
	stderr.on('data', (text: Buffer) => {
		said += text.toString();
	});
	const lines = Array.from({length: times}, () => masked(`${job.secrets[0]}5f`));
	for (const line of lines) {
		stdin.write(line);
	}

	const environment = {...job.environment, ...(job.descriptorFile !== undefined && {COFFER_PASSPHRASE_FD: String(openSync(path.join(folder, job.descriptorFile), 'r'))})};
	const code = await run({argv, environment, stdin, stdout: createStream(false).resume(), stderr, cwd: folder});
	// Of a terminal these would be Node's.
	for (const line of lines) {
		line.fill(0);
	}

	// A command that ends at once has not yet left the callback of the key derivation, which holds its input until then, and clears it.
	await setImmediate();
	outcomes.push({code, hits: countHits(), said});
}

console.log(JSON.stringify(outcomes));
