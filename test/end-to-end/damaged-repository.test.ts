import {execFileSync, spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {optionalTest} from '../helpers/optional-test.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {writeLayout} from '../helpers/source-folder.ts';

type Problem = {readonly object: string; readonly kind: string; readonly snapshots: readonly string[]; readonly files: readonly string[]};

/** Paths of all files below a folder. */
function listFiles(folder: string): string[] {
	return readdirSync(folder, {recursive: true, withFileTypes: true}).filter(file => file.isFile()).map(file => path.relative(folder, path.join(file.parentPath, file.name))).toSorted();
}

/** Two snapshots of different sources with different contents; the second has a directory in common with nothing. */
async function prepare(t: ExecutionContext) {
	const host = new TestHost(t);
	writeLayout(host.path('one'), {'a/text': 'text one', 'a/random': randomBytes(80_000), 'b/more': 'more'});
	writeLayout(host.path('two'), {'c/text': 'text two', 'c/random': randomBytes(80_000)});
	await host.runHere(['init']);
	const ids: string[] = [];
	for (const name of ['one', 'two']) {
		const {code, json, stderr} = await host.runHere(['backup', host.path(name), '--json']);
		t.is(code, 0, stderr);
		ids.push((json().at(-1)!['snapshots'] as Array<{id: string}>)[0]!.id);
	}

	return {host, ids};
}

test('fault 18: each object of a repository deleted: verify on the command line names the affected snapshots exactly, and restore brings back the rest', async t => {
	t.timeout(300_000);
	const {host, ids} = await prepare(t);
	const counts = {damaged: 0, silent: 0, restoredWhole: 0, restoredPartly: 0};
	for (const name of listFiles(host.repository).filter(each => !each.startsWith('tmp/'))) {
		const file = path.join(host.repository, name);
		renameSync(file, host.path('kept'));
		const verified = await host.runHere(['verify', '--json']);
		const problems = verified.code === 0 || verified.code === 13 ? verified.json().at(-1)!['problems'] as Problem[] : [];
		const lost = new Set(problems.filter(({kind}) => kind === 'pack' || kind === 'blob').flatMap(({snapshots}) => snapshots));
		t.true([0, 13].includes(verified.code!), `${name}: ${verified.stderr}`);
		counts[verified.code === 13 ? 'damaged' : 'silent']++;
		for (const [index, id] of ids.entries()) {
			const out = host.path('out');
			rmSync(out, {recursive: true, force: true});
			const restored = await host.runHere(['restore', id, '--target', out, '--json']);
			if (name.startsWith('snapshots/') && name.includes(id)) {
				t.is(restored.code, 1, `${name}: ${restored.stderr}`);
				continue;
			}

			t.is(restored.code, lost.has(id) ? 3 : 0, `${name}, snapshot ${index + 1}: ${restored.stderr}`);
			counts[lost.has(id) ? 'restoredPartly' : 'restoredWhole']++;
			const source = host.path(index === 0 ? 'one' : 'two');
			t.is(spawnSync('diff', ['-r', source, path.join(out, source)]).status === 0, !lost.has(id), name);
		}

		renameSync(host.path('kept'), file);
	}

	t.true(counts.damaged >= 8 && counts.restoredPartly >= 4, JSON.stringify(counts));
	t.log(`${counts.damaged} deletions named, ${counts.silent} that nothing else names; ${counts.restoredWhole} restores of unaffected snapshots whole, ${counts.restoredPartly} of affected ones with a list`);
});

test('fault 32: a partly damaged snapshot: restore ends with 3, lists the losses, and the rest is identical', async t => {
	const host = new TestHost(t);
	const source = host.path('data');
	writeLayout(source, Object.fromEntries(Array.from({length: 40}, (_, index) => [`d${index % 5}/f${index}`, randomBytes(300_000)])));
	await host.runHere(['init']);
	t.is((await host.runHere(['backup', source])).code, 0);
	const packs = listFiles(path.join(host.repository, 'packs')).map(name => path.join(host.repository, 'packs', name));
	const pack = packs.toSorted((a, b) => readFileSync(b).length - readFileSync(a).length)[0]!;
	const bytes = readFileSync(pack);
	let lost = 0;
	const rounds = 12;
	for (let round = 0; round < rounds; round++) {
		const damaged = Buffer.from(bytes);
		for (let hit = 0; hit <= round; hit++) {
			damaged[1000 + Math.floor(((hit + 0.5) * (bytes.length - 200_000)) / rounds)]! ^= 1;
		}

		writeFileSync(pack, damaged);
		const out = host.path('out');
		rmSync(out, {recursive: true, force: true});
		const {code, json} = await host.runHere(['restore', 'latest', '--target', out, '--json']);
		t.is(code, 3);
		const summary = json().at(-1) as {restored: number; failed: number; problems: Array<{path: string}>};
		t.is(summary.restored + summary.failed, 40);
		const missing = listFiles(source).filter(name => !existsSync(path.join(out, source, name)));
		t.deepEqual(summary.problems.map(problem => problem.path).toSorted(), missing.map(name => path.join(source, name)).toSorted());
		for (const name of listFiles(path.join(out, source))) {
			t.true(readFileSync(path.join(out, source, name)).equals(readFileSync(path.join(source, name))), name);
		}

		t.true(missing.length > 0 && missing.length <= round + 1);
		lost += missing.length;
	}

	t.log(`${rounds} damaged repositories: ${lost} files lost and listed, ${rounds * 40 - lost} restored identical`);
});

test('fault 31: targets that exist, lie in the repository, or are files, on the command line', async t => {
	const {host} = await prepare(t);
	const before = listFiles(host.repository).map(name => readFileSync(path.join(host.repository, name)).toString('base64'));
	writeFileSync(host.path('file'), 'mine');
	let refused = 0;
	for (const target of [host.repository, path.join(host.repository, 'packs'), path.join(host.repository, 'new/deep'), host.path('file'), host.path('file/below')]) {
		const {code, stderr} = await host.runHere(['restore', 'latest', '--target', target]);
		t.is(code, 1, `${target}: ${stderr}`);
		t.regex(stderr, /^coffer: [^\n]+\n$/);
		refused++;
	}

	t.deepEqual(listFiles(host.repository).map(name => readFileSync(path.join(host.repository, name)).toString('base64')), before);
	t.is(readFileSync(host.path('file'), 'utf8'), 'mine');
	const copy = path.join(host.path('out'), host.path('two'));
	writeLayout(copy, {'c/text': 'mine', own: 'own'});
	const existing = await host.runHere(['restore', 'latest', '--target', host.path('out'), '--json']);
	t.like(existing.json().at(-1)!, {restored: 1, skipped: 1, failed: 0});
	t.is(readFileSync(path.join(copy, 'c/text'), 'utf8'), 'mine');
	t.is(readFileSync(path.join(copy, 'own'), 'utf8'), 'own');
	t.log(`${refused} unusable targets refused, nothing written; what existed stayed`);
});

optionalTest(process.geteuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0 ? undefined : 'only root can mount', 'fault 31: full and read-only targets on the command line', async t => {
	const {host} = await prepare(t);
	mkdirSync(host.path('small'));
	execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', host.path('small')]);
	try {
		const full = await host.runHere(['restore', 'latest', '--target', host.path('small')]);
		t.is(full.code, 1);
		t.regex(full.stderr, /space|full/i);
		execFileSync('mount', ['-o', 'remount,ro', host.path('small')]);
		const readOnly = await host.runHere(['restore', 'latest', '--target', host.path('small')]);
		t.is(readOnly.code, 1);
		t.regex(readOnly.stderr, /read-only/);
		execFileSync('mount', ['-o', 'remount,rw,size=4m', host.path('small')]);
		t.is((await host.runHere(['restore', 'latest', '--target', host.path('small'), '--overwrite', 'if-changed'])).code, 0);
		t.is(spawnSync('diff', ['-r', host.path('two'), path.join(host.path('small'), host.path('two'))]).status, 0);
		t.log('2 targets refused; with room the restore goes on and ends');
	} finally {
		execFileSync('umount', [host.path('small')]);
	}
});

test('fault 13: state of this host that is older, newer, of another repository, damaged, or gone never fails a run', async t => {
	const {host} = await prepare(t);
	const remembered = host.path('home/.local/state/coffer/state.db');
	const older = host.path('older-state');
	cpSync(remembered, older);
	const repositoryBefore = host.path('older-repository');
	cpSync(host.repository, repositoryBefore, {recursive: true});
	writeFileSync(host.path('one/b/more'), 'changed');
	t.is((await host.runHere(['backup', host.path('one')])).code, 0);
	const newer = host.path('newer-state');
	cpSync(remembered, newer);
	let tried = 0;
	const attempt = async (about: string, isWarned: boolean) => {
		for (const argv of [['snapshots'], ['status'], ['backup', host.path('two')], ['verify']]) {
			const {code, stderr} = await host.runHere(argv);
			t.is(code, 0, `${about}, ${argv[0]}: ${stderr}`);
			tried++;
			if (argv[0] === 'snapshots') {
				t.is(stderr !== '', isWarned, `${about}: ${stderr}`);
			}
		}
	};

	const put = (state: string): void => {
		cpSync(state, remembered);
	};

	put(older);
	await attempt('older state', false);
	rmSync(remembered);
	await attempt('no state', false);
	const intact = readFileSync(newer);
	for (const damage of ['', 'null', '\0'.repeat(4096), 'SQLite format 3\0', intact.subarray(0, 20), intact.subarray(0, 4096), intact.subarray(0, -4096), Buffer.concat([intact.subarray(0, 4096), Buffer.alloc(intact.length - 4096, 0xFF)])]) {
		writeFileSync(remembered, damage);
		await attempt(`state of ${damage.length} bytes`, true);
	}

	put(newer);
	rmSync(host.repository, {recursive: true});
	cpSync(repositoryBefore, host.repository, {recursive: true});
	const rolledBack = await host.runHere(['snapshots']);
	t.regex(rolledBack.stderr, /gone without having been forgotten/);
	t.log(`${tried} runs with older, missing or damaged state succeeded; a repository older than the state is noticed`);
});
