import {readdirSync, rmSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {createEngineHost} from '../../../helpers/test-engine.ts';
import {writeLayout} from '../../../helpers/source-folder.ts';

const dayMs = 24 * 60 * 60 * 1000;
const files = Object.fromEntries(Array.from({length: 40}, (_, number) => [`${number}`, `file ${number}`]));

test('files that were deleted on purpose: acknowledged, silent, and over after 30 days; what is deleted later is told', async t => {
	const host = await createEngineHost(t, files);
	const engine = await host.open();
	const configured = [{name: 'data', kind: 'files' as const}];
	const backUp = async () => engine.backup({source: host.source});
	const find = async () => {
		await backUp();
		const {alerts} = await engine.overview(configured);
		return alerts.filter(({kind}) => kind === 'deleted');
	};

	const deleteMost = () => {
		for (const name of readdirSync(host.data).slice(5)) {
			rmSync(path.join(host.data, name));
		}
	};

	await backUp();
	t.deepEqual(await find(), []);
	deleteMost();
	const [alert] = await find();
	t.like(alert, {severity: 'critical', object: 'data'});
	t.regex(host.warnings.at(-1)!, /^"data": the backup of \S+ has 5 files, the one before had 40: 88 % are gone\. Forget no snapshot/);
	await engine.acknowledge(alert!.key, 'archived');
	host.forward(29 * dayMs);
	t.is((await find())[0]?.acknowledged?.note, 'archived');
	host.forward(dayMs);
	t.deepEqual(await find(), []);
	host.forward(dayMs);
	t.deepEqual(await find(), [], 'it does not come back');
	const other = await host.open();
	t.deepEqual((await other.overview(configured)).alerts.filter(({kind}) => kind === 'deleted'), [], 'nor for another process');
	writeLayout(host.data, files);
	t.deepEqual(await find(), []);
	deleteMost();
	t.is((await find()).length, 1);
});
