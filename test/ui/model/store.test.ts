import test from 'ava';
import {Store} from '../../../source/ui/model/store.ts';
import {ManualClock} from '../../helpers/manual-clock.ts';

function createCounter() {
	const clock = new ManualClock(0);
	const store = new Store<number, number>(0, {reduce: (state, step) => state + step, clock});
	const told: number[] = [];
	const stop = store.subscribe(() => {
		told.push(store.published());
	});
	return {clock, store, told, stop};
}

test('the state changes at once; a flood of events is told at most ten times a second', t => {
	const {clock, store, told} = createCounter();
	for (let event = 0; event < 1000; event++) {
		store.dispatch(1);
		clock.advance(1);
	}

	t.is(store.state, 1000);
	t.true(told.length >= 9 && told.length <= 11, String(told.length));
	clock.advance(100);
	t.is(told.at(-1), 1000, 'the last one is never lost');
});

test('what a person did is told at once', t => {
	const {store, told} = createCounter();
	store.dispatch(1);
	store.dispatch(1);
	t.deepEqual(told, [1]);
	store.dispatch(5, {isUrgent: true});
	t.deepEqual(told, [1, 7]);
});

test('nothing is told where nothing changed, nor after the end', t => {
	const {clock, store, told, stop} = createCounter();
	store.dispatch(0);
	clock.advance(1000);
	t.deepEqual(told, []);
	stop();
	store.dispatch(1);
	t.deepEqual(told, []);
	const other = createCounter();
	other.store.dispatch(1);
	other.store.dispatch(1);
	other.store.close();
	other.clock.advance(1000);
	t.deepEqual(other.told, [1]);
});
