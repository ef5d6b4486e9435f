import {once} from 'node:events';
import {copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {createInterface} from 'node:readline';
import test, {type ExecutionContext} from 'ava';
import {createDump, editDump} from '../helpers/dump-days.ts';
import {IndependentReader} from '../helpers/independent-reader.ts';
import {TestHost, type Outcome} from '../helpers/run-coffer.ts';
import {walkFolder} from '../helpers/walk-folder.ts';
import {createByteStream} from '../helpers/test-runtime.ts';

/** With a repository of 1 GB and 30 snapshots, instead of one that is re-encrypted within seconds. */
const isSoak = process.env['COFFER_SOAK'] === '1';
const size = isSoak ? {days: 30, mediaBytes: 30_000_000, rows: 60_000, kills: 5} : {days: 6, mediaBytes: 12_000_000, rows: 3000, kills: 5};

/** Everything below a folder that a restore brings back, as one text. */
function describe(folder: string): string {
	const entries = [...walkFolder(folder)].filter(([name]) => name !== '').map(([name, {type, mode, size: bytes, content, target}]) => [name, type, mode, String(bytes), content, target]);
	return JSON.stringify(entries.toSorted(([a], [b]) => Number(a! > b!) - Number(a! < b!)));
}

/** A day of a small server: its dump changes everywhere, there is one more file that no compression makes smaller, and some text. */
function live(folder: string, day: number, random: (byteCount: number) => Buffer, dump: string): string {
	const changed = day === 1 ? dump : editDump(dump, day);
	writeFileSync(path.join(folder, 'dump.sql'), changed);
	writeFileSync(path.join(folder, 'media', `${day}.bin`), random(size.mediaBytes));
	writeFileSync(path.join(folder, 'notes', `day ${day % 7}.txt`), `day ${day}\n`.repeat(200));
	return changed;
}

class Scene {
	readonly host: TestHost;
	readonly data: string;
	/** By snapshot what the folder held. */
	readonly expected = new Map<string, string>();
	readonly #t: ExecutionContext;
	readonly #random = createByteStream('killed rotation');
	#dump = createDump(size.rows);
	#day = 0;

	constructor(t: ExecutionContext) {
		this.#t = t;
		this.host = new TestHost(t);
		this.data = this.host.path('data');
		mkdirSync(path.join(this.data, 'media'), {recursive: true});
		mkdirSync(path.join(this.data, 'notes'));
		this.succeed(this.host.run(['init']));
	}

	succeed({code, stdout, stderr}: Outcome): void {
		this.#t.is(code, 0, stderr + stdout.slice(-1000));
	}

	/** Live a day, and back it up. */
	async backUp(): Promise<void> {
		this.#dump = live(this.data, ++this.#day, this.#random, this.#dump);
		const {ended} = this.host.start(['backup', this.data, '--json', '--quiet']);
		const outcome = await ended;
		this.succeed(outcome);
		const {snapshots} = outcome.json().at(-1)! as unknown as {snapshots: Array<{id: string}>};
		this.expected.set(snapshots[0]!.id, describe(this.data));
	}

	/** Start a re-encryption and kill it, when it has come so far with a large repository, and when it begins with packs with a small one; whether it was killed. */
	async killReencryption(share: number): Promise<boolean> {
		const {child, ended} = this.host.start(['key', 'rotate', '--reencrypt', '--json']);
		let isKilled = false;
		const lines = createInterface({input: child.stdout!});
		lines.on('line', line => {
			const {event, phase, bytes, totalBytes} = JSON.parse(line) as Record<string, any>;
			const isFarEnough = isSoak ? totalBytes > 0 && bytes >= totalBytes * share : true;
			if (!isKilled && event === 'progress' && phase === 're-encrypting' && isFarEnough) {
				isKilled = child.kill('SIGKILL');
			}
		});
		await Promise.all([ended, once(lines, 'close')]);
		return isKilled;
	}

	/** Restore every snapshot, and compare it with what was backed up. */
	restoreAll(): number {
		for (const [id, expected] of this.expected) {
			const target = this.host.path('restored');
			this.succeed(this.host.run(['restore', id, '--target', target, '--json', '--quiet']));
			this.#t.is(describe(path.join(target, this.data)), expected, id);
			rmSync(target, {recursive: true});
		}

		return this.expected.size;
	}
}

test(`faults 3, 35: a re-encryption is killed ${size.kills} times while backups go on: nothing is left under the old epoch, every snapshot is whole, the old key opens nothing`, async t => {
	const scene = new Scene(t);
	const {host} = scene;
	for (let day = 1; day <= size.days; day++) {
		await scene.backUp();
	}

	const oldKey = host.path('old.key');
	copyFileSync(host.keyFile, oldKey);
	const oldPacks = new Set(readdirSync(path.join(host.repository, 'packs'), {recursive: true}).map(String).filter(name => name.length > 3));
	let kills = 0;
	for (let kill = 0; kill < size.kills; kill++) {
		// The rest gets smaller with each: a sixth of what is left, then a fifth …
		const [isKilled] = await Promise.all([scene.killReencryption(1 / (size.kills + 1 - kill) * 0.9), scene.backUp()]);
		kills += Number(isKilled);
		scene.succeed(host.run(['snapshots', '--json', '--quiet']));
	}

	const [last] = await Promise.all([host.start(['key', 'rotate', '--reencrypt', '--json']).ended, scene.backUp()]);
	scene.succeed(last);
	const status = host.run(['key', 'status', '--json', '--quiet']).json()[0] as unknown as {epochs: Array<{isActive: boolean}>};
	t.is(status.epochs.length, 1);

	const open = (keyFile: string) => IndependentReader.open(host.repository, {keyFile: readFileSync(keyFile, 'utf8')});
	const found = open(host.keyFile).report();
	t.deepEqual(found.unreadable, {});
	t.is(Object.keys(found.objectsByEpoch).length, 1);
	t.is(Object.keys(found.packsByEpoch).length, 1);
	const packs = readdirSync(path.join(host.repository, 'packs'), {recursive: true}).map(String).filter(name => name.length > 3);
	t.deepEqual(packs.filter(name => oldPacks.has(name)), []);
	t.is(host.run(['snapshots', '--key-file', oldKey]).code, 12);
	t.throws(() => open(oldKey), {message: /opens no slot/});
	t.is(host.run(['verify', '--read-data', '--json', '--quiet']).code, 0);
	const restored = scene.restoreAll();
	t.is(kills, size.kills);
	t.log(`${kills} kills; ${restored} snapshots restored; ${oldPacks.size} packs re-encrypted, ${packs.length} now; ${found.readable} objects read independently`);
});
