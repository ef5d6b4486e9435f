import {execFileSync, spawnSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {fromText} from '../../../../source/engine/byte-string.ts';
import {Exclusion} from '../../../../source/engine/sources/files/exclusion.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';

test('the innermost rule that says anything decides', t => {
	const outer = Exclusion.none.with(fromText('/a'), ['*.log', 'cache/']);
	const inner = outer.with(fromText('/a/b'), '!keep.log\n');
	t.true(outer.isExcluded(fromText('/a/b/keep.log'), false));
	t.false(inner.isExcluded(fromText('/a/b/keep.log'), false));
	t.true(inner.isExcluded(fromText('/a/b/other.log'), false));
	t.true(inner.isExcluded(fromText('/a/b/cache'), true));
	t.false(inner.isExcluded(fromText('/a/b/cache'), false));
	t.false(inner.isExcluded(fromText('/other/x.log'), false));
	t.false(Exclusion.none.isExcluded(fromText('/a/x.log'), false));
});

test('the root of the file system can be the base', t => {
	const exclusion = Exclusion.none.with(fromText('/'), ['/proc', '*.tmp']);
	t.true(exclusion.isExcluded(fromText('/proc'), true));
	t.false(exclusion.isExcluded(fromText('/srv/proc'), true));
	t.true(exclusion.isExcluded(fromText('/srv/x.tmp'), false));
});

const lack = spawnSync('git', ['--version']).status === 0 ? undefined : 'git is not installed';

optionalTest(lack, 'it agrees with git check-ignore', t => {
	const patterns = ['*.o', '/top', 'dir/', '!important.o', 'deep/**/x', '**/anywhere', 'sp\\ ace', '[ab]c', '#no', '\\#yes', 'trailing ', 'a?b'];
	const folder = createFolder(t, {
		'.gitignore': patterns.join('\n'),
		...Object.fromEntries(['x.o', 'important.o', 'top', 'sub/top', 'dir/f', 'sub/dir/f', 'deep/x', 'deep/1/2/x', 'q/anywhere', 'sp ace', 'ac', 'bc', 'cc', '#no', '#yes', 'trailing', 'a1b', 'aab', 'ab'].map(name => [name, ''])),
	});
	execFileSync('git', ['init', '-q', folder]);
	const files = readdirSync(folder, {recursive: true, withFileTypes: true}).filter(entry => entry.isFile() && !entry.parentPath.includes('.git'))
		.map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)));
	const {stdout} = spawnSync('git', ['-C', folder, 'check-ignore', '--no-index', '-z', '--stdin'], {input: files.join('\0'), encoding: 'utf8'});
	const ignored = new Set(stdout.split('\0').filter(Boolean));
	const exclusion = Exclusion.none.with(fromText(folder), patterns);
	const isExcluded = (file: string) => {
		const parts = file.split('/');
		return parts.some((_, index) => exclusion.isExcluded(fromText(path.join(folder, ...parts.slice(0, index + 1))), index < parts.length - 1));
	};

	t.deepEqual(files.filter(file => isExcluded(file)).toSorted(), [...ignored].toSorted());
	t.true(ignored.size > 8);
});
