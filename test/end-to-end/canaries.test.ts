import {spawnSync} from 'node:child_process';
import {mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {formsOf, readEverything} from '../helpers/canary-search.ts';
import {entry, TestHost} from '../helpers/run-coffer.ts';

const names = {
	folder: 'canary-folder-quince', file: 'canary-file-medlar.txt', link: 'canary-link-sorb', target: 'canary-target-loquat', tag: 'canary-tag-damson',
	content: 'canary content: the quick persimmon jumps over the lazy tamarind', large: 'canary large content: mirabelle after mirabelle', passphrase: 'canary-passphrase-carambola',
} as const;

test('canaries in names, links, contents, tags and passphrase: readable nowhere in the repository; contents and secrets nowhere at all', t => {
	const host = new TestHost(t);
	const folder = host.path('data', names.folder);
	mkdirSync(folder, {recursive: true});
	mkdirSync(host.path('tmp'));
	writeFileSync(path.join(folder, names.file), names.content);
	writeFileSync(path.join(folder, 'large'), Buffer.concat(Array.from({length: 40_000}, (_, number) => Buffer.from(`${number} ${names.large}\n`))));
	symlinkSync(names.target, path.join(folder, names.link));
	const environment = {TMPDIR: host.path('tmp'), COFFER_PASSPHRASE: names.passphrase};
	const calls: ReadonlyArray<readonly string[]> = [
		['init', '--passphrase', '--key-file', host.keyFile],
		['backup', './data', '--tag', names.tag, '--verbose'],
		['backup', './data', '--json'],
		['verify', '--read-data', '--verbose'],
		['snapshots'],
		['status'],
		['doctor', '--verbose'],
		['config', 'show'],
		['completion', 'words', 'snapshots'],
		['restore', 'latest', '--target', './out', '--verbose'],
	];
	const outputs = calls.map(argv => {
		const {code, stdout, stderr} = host.run(argv, {environment});
		t.is(code, 0, `${argv.join(' ')}: ${stderr}`);
		return stdout + stderr;
	});
	// One that is killed in the middle leaves what it leaves.
	writeFileSync(path.join(folder, 'later'), Buffer.concat(Array.from({length: 300_000}, (_, number) => Buffer.from(`${number * 7} ${names.large}\n`))));
	spawnSync('timeout', ['-s', 'KILL', '0.6', process.execPath, entry, 'backup', './data'], {cwd: host.folder, env: {...host.environment, ...environment}});

	const key = /key +(?<key>[\da-f]{64})/.exec(readFileSync(host.keyFile, 'utf8'))!.groups!['key']!;
	const keyBytes = Buffer.from(key, 'hex');
	let searches = 0;
	const search = (where: ReadonlyArray<readonly [string, Buffer]>, canaries: readonly string[]) => {
		for (const canary of canaries) {
			for (const [form, bytes] of formsOf(canary)) {
				for (const [file, content] of where) {
					searches++;
					if (content.includes(bytes)) {
						t.fail(`${canary} (${form}) in ${file}`);
					}
				}
			}
		}
	};

	const repository = readEverything([host.repository]);
	const rest = [
		...readEverything([host.path('home/.local/state'), host.path('tmp')]),
		['config', readFileSync(host.configFile)] as const,
		...outputs.map((text, index) => [`output of ${calls[index]!.join(' ')}`, Buffer.from(text)] as const),
	];
	t.true(repository.length > 8 && rest.length > calls.length + 3);
	search(repository, [...Object.values(names), key, host.folder]);
	search(rest, [names.content, names.large, names.passphrase, key]);
	for (const [file, content] of [...repository, ...rest]) {
		searches++;
		t.false(content.includes(keyBytes), file);
	}

	// What is searched for would be found.
	t.true(Buffer.from(`xx${Buffer.from(`a${names.content}`).toString('base64')}`).includes(formsOf(names.content).find(([form]) => form === 'base64 at 1')![1]));
	t.log(`${searches} searches in ${repository.length} objects and ${rest.length} other places`);
});
