import {symlinkSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {fromText, type ByteString} from '../../../../source/engine/byte-string.ts';
import {planPaths, resolveSourcePath, type PathPlan} from '../../../../source/engine/sources/files/path-plan.ts';
import {refuses} from '../../../helpers/error-assertions.ts';
import {createFolder} from '../../../helpers/source-folder.ts';

function list(plan: PathPlan, folder = ''): string[] {
	return [...(plan.isWanted ? [folder === '' ? '/' : folder] : []), ...[...plan.children].flatMap(([name, child]) => list(child, `${folder}/${name}`))];
}

test('the plan holds the way to every path', t => {
	const paths = ['/usr/share', '/etc', '/usr/share/doc', '/'] as ByteString[];
	t.deepEqual(list(planPaths(paths.slice(0, 3))), ['/usr/share', '/usr/share/doc', '/etc']);
	t.true(planPaths(paths).isWanted);
	t.false(planPaths(paths.slice(0, 1)).children.get('usr' as ByteString)?.isWanted);
});

test('a path is what it really is; a missing or dangling one is refused by name', t => {
	const folder = createFolder(t, {'real/file': ''});
	symlinkSync('real', path.join(folder, 'alias'));
	symlinkSync('nowhere', path.join(folder, 'dangling'));
	t.is(resolveSourcePath(fromText(path.join(folder, 'alias/file'))), fromText(path.join(folder, 'real/file')));
	refuses(t, () => resolveSourcePath(fromText(path.join(folder, 'dangling'))), 'source-missing', /dangling does not exist/);
	refuses(t, () => resolveSourcePath(fromText(path.join(folder, 'real/file/below'))), 'source-missing');
});
