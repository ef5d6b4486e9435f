import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import process from 'node:process';
import {constants, zstdCompressSync} from 'node:zlib';
import test, {type ExecutionContext} from 'ava';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {readKeyFile} from '../../source/engine/crypto/key-file-access.ts';
import {activeEpoch} from '../../source/engine/repository/epochs.ts';
import {openRepository, openStorage, type RepositorySession} from '../../source/engine/repository/repository.ts';
import {sealObject} from '../../source/engine/repository/sealed-object.ts';
import {signMessage} from '../../source/engine/crypto/curve-keys.ts';
import type {MetadataType} from '../../source/engine/repository/metadata-object.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {buildSnapshot, type BuiltEntry} from '../helpers/snapshot-builder.ts';
import {writeLayout} from '../helpers/source-folder.ts';

const runtime = createSystemRuntime();
const maximumKibibytes = 700 * 1024;

/** An object of metadata with any bytes for its body: encrypted and signed as it should be, by somebody who has the keys. */
function forge(session: RepositorySession, type: MetadataType, lines: (sign: (body: Uint8Array) => string) => Uint8Array): Buffer {
	const {keyring, keys, slotId} = session.slot;
	const epoch = activeEpoch(keyring);
	const sign = (body: Uint8Array): string => JSON.stringify({
		signature: signMessage(keys.signingKey, Buffer.concat([Buffer.from(`coffer ${type}\n${keyring.repository.id}\n`), body])).toString('base64'), signer: slotId,
	});
	return sealObject(type, epoch.id, epoch.metadataKey, zstdCompressSync(lines(sign), {params: {[constants.ZSTD_c_windowLog]: 20}}), runtime);
}

function signed(body: string): (sign: (body: Uint8Array) => string) => Uint8Array {
	const bytes = Buffer.from(body);
	return sign => Buffer.concat([bytes, Buffer.from(`\n${sign(bytes)}\n`)]);
}

async function prepare(t: ExecutionContext) {
	const host = new TestHost(t);
	writeLayout(host.path('data'), {file: 'x'});
	await host.runHere(['init']);
	t.is((await host.runHere(['backup', host.path('data')])).code, 0);
	const session = await openRepository(openStorage(host.repository, runtime), {keyFile: await readKeyFile(host.keyFile)}, runtime);
	return {host, session};
}

/** Run a command in a process of its own. @returns Its code, what it said, and its peak memory in KiB. */
function measure(host: TestHost, argv: readonly string[]) {
	const report = 'import {writeSync} from "node:fs"; process.on("exit", () => { writeSync(2, "peak " + process.resourceUsage().maxRSS + " "); });';
	const {status, stdout, stderr} = spawnSync(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(report)}`, ...host.command(argv)], {
		cwd: host.folder, env: host.environment, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024,
	});
	return {code: status, text: stdout + stderr, kibibytes: Number(/peak (\d+)/.exec(stderr)?.[1] ?? Infinity)};
}

const bodies: ReadonlyArray<readonly [string, (sign: (body: Uint8Array) => string) => Uint8Array]> = [
	['a bomb of 300 MB', sign => Buffer.concat([Buffer.alloc(300 * 1024 * 1024, 0x20), Buffer.from(sign(Buffer.alloc(0)))])],
	['JSON 200,000 deep', signed('['.repeat(200_000) + ']'.repeat(200_000))],
	['objects 100,000 deep', signed('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000))],
	['numbers beyond 2^53', signed('{"packs":9007199254740993,"size":1e999}')],
	['members of prototypes', signed('{"__proto__":{"packs":[]},"constructor":1}')],
	['a claim of a billion entries', signed('{"packs":[{"id":"' + 'ab'.repeat(32) + '","segments":[{"offset":80,"sealedBytes":1000000000000,"lengths":[1000000000]}]}]}')],
	['a million empty objects', signed(`[${'{},'.repeat(999_999)}{}]`)],
	['no JSON', signed('\u0000\u0001')],
];

test('fault 22, 23: authentic but absurd indexes, snapshots and records: bounded memory and a clean error or warning', async t => {
	t.timeout(300_000);
	const {host, session} = await prepare(t);
	let runs = 0;
	let peak = 0;
	for (const [about, lines] of bodies) {
		for (const [type, name] of [['index', `index/${'0'.repeat(64)}`], ['snapshot', `snapshots/20261121T000000.000Z-${'0'.repeat(32)}`]] as const) {
			await session.storage.write(name, forge(session, type, lines));
			const {code, text, kibibytes} = measure(host, ['verify']);
			t.is(code, 13, `${about} as ${type}: ${text.slice(0, 500)}`);
			t.notRegex(text, /\n +at |RangeError|TypeError|heap out of memory/, about);
			t.true(kibibytes < maximumKibibytes, `${about} as ${type}: ${kibibytes} KiB`);
			peak = Math.max(peak, kibibytes);
			await session.storage.remove(name);
			runs++;
		}
	}

	t.is((await host.runHere(['verify', '--read-data'])).code, 0);
	t.log(`${runs} objects, ${bodies.length} bodies: exit code 13 each time, at most ${Math.round(peak / 1024)} MiB`);
});

const levels = 3000;

test(`fault 22: directories ${levels} deep, and one that claims another size of everything: restored or refused, never a crash`, async t => {
	const {host, session} = await prepare(t);
	let entry: BuiltEntry = {name: 'bottom', content: 'deep down'};
	for (let depth = 1; depth <= levels; depth++) {
		entry = {name: 'd', entries: [entry]};
		if (depth % 500 !== 0) {
			continue;
		}

		// The builder recurses, so that it is handed a piece at a time.
		const {blobs} = await buildSnapshot(session, [entry]);
		entry = {name: 'd', storedTree: blobs.get('/d')!};
	}

	await buildSnapshot(session, [entry, {name: 'huge', content: 'small', size: Number.MAX_SAFE_INTEGER}, {name: 'sparse', content: 'small', size: 2 ** 50, isSparse: true}]);
	const verified = measure(host, ['verify', '--read-data']);
	t.true([0, 13].includes(verified.code!), verified.text.slice(0, 500));
	const restored = measure(host, ['restore', 'latest', '--target', host.path('out')]);
	t.is(restored.code, 3, restored.text.slice(0, 500));
	t.notRegex(verified.text + restored.text, /\n +at |RangeError|TypeError/);
	t.false(existsSync(host.path('out/huge')));
	t.false(existsSync(host.path('out/sparse')));
	t.true(Math.max(verified.kibibytes, restored.kibibytes) < maximumKibibytes);
	t.is(spawnSync('sh', ['-c', 'find . -name bottom -execdir cat {} \\;'], {cwd: host.path('out'), encoding: 'utf8'}).stdout, 'deep down');
	spawnSync('rm', ['-rf', host.path('out')]);
	t.log(`${levels} levels restored, 2 impossible sizes refused; ${Math.round(Math.max(verified.kibibytes, restored.kibibytes) / 1024)} MiB`);
});
