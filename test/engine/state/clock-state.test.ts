import test from 'ava';
import {noteTime, trustClock} from '../../../source/engine/clock-memory.ts';
import type {RepositoryId} from '../../../source/engine/ids.ts';
import {ClockState} from '../../../source/engine/state/clock-state.ts';
import {createTestState, idOf} from '../../helpers/test-state.ts';

const url = '/srv/backup';
const start = Date.parse('2026-11-22T05:00:00.000Z');

test('what the clock said is remembered by place, seen by another process, and forgotten with a new repository there', t => {
	const host = createTestState(t);
	const open = (place = url) => {
		const state = new ClockState(host.stateFolder, place, {runtime: host.runtime, warn: t.fail});
		t.teardown(() => {
			state.close();
		});
		return state;
	};

	const state = open();
	t.is(state.read(), undefined);
	const noted = noteTime(undefined, start)!;
	state.change(() => noted);
	t.deepEqual(open().read(), noted);
	t.is(open('/srv/other').read(), undefined);
	const trusted = trustClock(noted, start, start);
	open().change(memory => {
		t.deepEqual(memory, noted);
		return trusted;
	});
	t.deepEqual(state.read(), trusted);
	state.change(() => undefined);
	t.deepEqual(state.read(), trusted);
	host.open(idOf<RepositoryId>('b')).rememberNewPlace(url);
	t.is(state.read(), undefined);
});
