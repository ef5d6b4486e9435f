import test from 'ava';
import {readStateStamp} from '../../../source/engine/state/state-stamp.ts';
import {createTestState} from '../../helpers/test-state.ts';

test('the stamp is another one after each writing, and the same after reading', async t => {
	const {stateFolder, open} = createTestState(t);
	const stamps = [await readStateStamp(stateFolder)];
	const state = open();
	for (const durationMs of [1, 2, 3]) {
		state.recordRun('etc', {time: '2026-11-21T18:46:00.000Z', outcome: 'ok', durationMs});
		const stamp = await readStateStamp(stateFolder);
		t.false(stamps.includes(stamp));
		stamps.push(stamp);
		state.read();
		t.is(await readStateStamp(stateFolder), stamp);
	}
});
