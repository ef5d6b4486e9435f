import test from 'ava';
import {fromText} from '../../../../source/engine/byte-string.ts';
import {isLooseObject} from '../../../../source/engine/operations/backup/loose-object.ts';

const sha1 = 'f'.repeat(38);
const isOne = (folder: string, name: string) => isLooseObject(fromText(folder), fromText(name));

test('objects of Git by their names, and nothing else', t => {
	t.true(isOne('/srv/app/.git/objects/0a', sha1));
	t.true(isOne('/srv/app.git/objects/ff', 'e'.repeat(62)));
	for (const [folder, name] of [
		['/srv/app/.git/objects/0a', 'f'.repeat(37)],
		['/srv/app/.git/objects/0a', 'f'.repeat(40)],
		['/srv/app/.git/objects/0a', `${'f'.repeat(37)}g`],
		['/srv/app/.git/objects/0a', 'F'.repeat(38)],
		['/srv/app/.git/objects/0A', sha1],
		['/srv/app/.git/objects/pack', sha1],
		['/srv/app/.git/objects/0a0', sha1],
		['/srv/app/myobjects/0a', sha1],
		['', sha1],
	] as const) {
		t.false(isOne(folder, name), `${folder}/${name}`);
	}
});
