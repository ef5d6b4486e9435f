import test from 'ava';
import {Errands} from '../../source/ui/errands.ts';
import {ManualClock} from '../helpers/manual-clock.ts';

test('a newer errand ends the older one of its name, and no other', t => {
	const errands = new Errands();
	const first = errands.begin('search');
	const other = errands.begin('measure');
	const second = errands.begin('search');
	t.deepEqual([first.aborted, other.aborted, second.aborted], [true, false, false]);
	errands.end('search');
	errands.end('search');
	t.deepEqual([other.aborted, second.aborted], [false, true]);
	const third = errands.begin('search');
	errands.endAll();
	t.deepEqual([other.aborted, third.aborted], [true, true]);
});

test('a delayed errand begins once: after its delay, or at once when it is hurried, or never', t => {
	const errands = new Errands();
	const clock = new ManualClock(0);
	const begun: string[] = [];
	const later = (name: string, text: string) => {
		errands.beginLater(name, {clock, delayMs: 100}, signal => {
			begun.push(`${text}${signal.aborted ? ' aborted' : ''}`);
		});
	};

	later('search', 'a');
	clock.advance(99);
	later('search', 'b');
	clock.advance(99);
	t.deepEqual(begun, []);
	clock.advance(1);
	t.deepEqual(begun, ['b']);
	errands.hurry('search');
	t.deepEqual(begun, ['b']);
	later('search', 'c');
	errands.hurry('search');
	errands.hurry('search');
	clock.advance(1000);
	t.deepEqual(begun, ['b', 'c']);
	later('search', 'd');
	errands.end('search');
	errands.hurry('search');
	errands.hurry('nothing');
	clock.advance(1000);
	t.deepEqual(begun, ['b', 'c']);
});
