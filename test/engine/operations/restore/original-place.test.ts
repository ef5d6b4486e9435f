import {existsSync, readFileSync} from 'node:fs';
import process from 'node:process';
import test from 'ava';
import {hasOriginalPlace} from '../../../../source/engine/operations/restore/original-place.ts';
import {restore} from '../../../../source/engine/operations/restore/restore.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {createTestRepository} from '../../../helpers/repository-session.ts';
import {buildSnapshot} from '../../../helpers/snapshot-builder.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {createTestRuntime} from '../../../helpers/test-runtime.ts';

for (const kind of ['postgres', 'mysql', 'command'] as const) {
	test(`what a snapshot of the kind ${kind} holds goes into a folder, never into the root`, async t => {
		const {session} = await createTestRepository(createTestRuntime());
		const name = `coffer-test-${process.pid}-${kind}.dump`;
		const {snapshot} = await buildSnapshot(session, [{name, content: 'dump'}], {kind, source: 'crm'});
		for (const isDryRun of [true, false]) {
			const {message} = await refusesAsync(t, async () => restore(session, {snapshot, target: '/', isDryRun}), 'usage', /of "crm" holds .* nothing is written into "\/"\. .*--target DIR/);
			t.is(message.includes('--into URL'), kind !== 'command');
		}

		t.false(existsSync(`/${name}`));
		const folder = createFolder(t);
		t.is((await restore(session, {snapshot, target: folder})).restored, 1);
		t.is(readFileSync(`${folder}/${name}`, 'utf8'), 'dump');
	});
}

test('what came from a disk can go back there', t => {
	t.deepEqual((['files', 'git', 'sqlite'] as const).filter(kind => !hasOriginalPlace(kind)), []);
});
