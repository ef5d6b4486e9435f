import test from 'ava';
import * as fc from 'fast-check';
import {noteTime, trustClock, type ClockMemory} from '../../../source/engine/clock-memory.ts';
import {isCofferError} from '../../../source/engine/errors.ts';
import {assertClock, findClockProblem, type ClockProblem, type DatedThing} from '../../../source/engine/retention/clock-guard.ts';

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;
const today = Date.parse('2026-11-22T05:00:00Z');
const tenYears = 3653 * dayMs;

const made = (timeMs: number): DatedThing => ({time: new Date(timeMs).toISOString(), what: 'the snapshot 1b88f0a9 of "etc"'});

/** A host as it goes through its days, with a clock that may go wrong. */
class LivingHost {
	memory: ClockMemory | undefined;
	readonly own: DatedThing[] = [];
	readonly others: DatedThing[] = [];

	/** The program runs, and so sees the clock. */
	look(nowMs: number): void {
		this.memory = noteTime(this.memory, nowMs) ?? this.memory;
	}

	backUp(nowMs: number): void {
		this.look(nowMs);
		this.own.push(made(nowMs));
	}

	/** A backup a day, the last one on the day of `untilMs`. */
	live(days: number, untilMs: number): void {
		for (let day = days - 1; day >= 0; day--) {
			this.backUp(untilMs - day * dayMs);
		}
	}

	problem(nowMs: number): ClockProblem['kind'] | undefined {
		this.look(nowMs);
		return findClockProblem({nowMs, memory: this.memory, own: this.own, others: this.others})?.kind;
	}

	trust(nowMs: number): void {
		this.memory = trustClock(this.memory, nowMs, Math.max(...this.own.map(({time}) => Date.parse(time))));
	}
}

function hostAfterAYear(): LivingHost {
	const host = new LivingHost();
	host.live(365, today);
	return host;
}

test('a clock that goes on as clocks do is believed', t => {
	const host = hostAfterAYear();
	for (const hours of [0, 1, 24, 7 * 24, 30 * 24]) {
		t.is(host.problem(today + hours * hourMs), undefined, `${hours} hours later`);
	}
});

test('put back: by an hour it is as good as right, by more it is not', t => {
	t.is(hostAfterAYear().problem(today - hourMs), undefined);
	t.is(hostAfterAYear().problem(today - hourMs - 1), 'behind');
	t.is(hostAfterAYear().problem(today - dayMs), 'behind');
});

test('put back, and this host has lost its memory: its own snapshots tell', t => {
	const host = hostAfterAYear();
	host.memory = undefined;
	t.is(host.problem(today - dayMs), 'behind');
	t.regex(findClockProblem({nowMs: today - dayMs, own: host.own, others: []})!.message, /the snapshot 1b88f0a9 of "etc", 2026-11-22T05:00:00\.000Z/);
});

test('put back, and no snapshot tells: what this host has seen does', t => {
	const host = new LivingHost();
	host.look(today);
	t.is(host.problem(today - dayMs), 'behind');
});

test('snapshots of other hosts from the future do not matter', t => {
	const host = hostAfterAYear();
	host.others.push(made(today + tenYears), made(today + 2 * hourMs));
	t.is(host.problem(today), undefined);
});

test('forward by ten years: not believed, with or without memory, also after backups were made', t => {
	for (const isForgetful of [false, true]) {
		for (const backups of [0, 1, 20]) {
			const host = hostAfterAYear();
			const nowMs = today + tenYears;
			for (let index = 0; index < backups; index++) {
				host.backUp(nowMs + index * hourMs);
			}

			if (isForgetful) {
				host.memory = undefined;
			}

			t.is(host.problem(nowMs + 20 * hourMs), 'leapt', `${backups} backups, ${isForgetful ? 'without' : 'with'} memory`);
		}
	}
});

test('forward by ten years and back again: the clock is believed once somebody says so, and what was dated wrongly counts no more', t => {
	const host = hostAfterAYear();
	host.backUp(today + tenYears);
	t.is(host.problem(today + hourMs), 'behind');
	host.trust(today + hourMs);
	t.is(host.problem(today + 2 * hourMs), undefined);
	host.live(60, today + 60 * dayMs);
	t.is(host.problem(today + 60 * dayMs), undefined);
	t.is(host.problem(today + 58 * dayMs), 'behind', 'a clock that goes wrong anew is noticed');
});

test('a leap is believed after three days with life on three days, and not before', t => {
	const host = hostAfterAYear();
	const startMs = today + 40 * dayMs;
	t.is(host.problem(startMs), 'leapt');
	t.is(host.problem(startMs + dayMs), 'leapt');
	t.is(host.problem(startMs + 2 * dayMs), 'leapt');
	t.is(host.problem(startMs + 3 * dayMs - 1), 'leapt');
	t.is(host.problem(startMs + 3 * dayMs), undefined);
});

test('time alone proves nothing: on two days the program must have run in between', t => {
	const host = hostAfterAYear();
	const startMs = today + 40 * dayMs;
	t.is(host.problem(startMs), 'leapt');
	t.is(host.problem(startMs + 20 * dayMs), 'leapt');
	t.is(host.problem(startMs + 21 * dayMs), undefined);
});

test('a machine that was off for long: its administrator says that the clock is right', t => {
	const host = hostAfterAYear();
	const nowMs = today + 90 * dayMs;
	t.is(host.problem(nowMs), 'leapt');
	host.trust(nowMs);
	t.is(host.problem(nowMs + hourMs), undefined);
	t.is(host.problem(nowMs + 40 * dayMs), 'leapt', 'the next leap is one again');
});

test('a host that is new here: it has no past, and what others made tells when there was life', t => {
	t.is(new LivingHost().problem(today), undefined);
	const fresh = new LivingHost();
	fresh.others.push(made(today - 300 * dayMs), made(today - 3 * dayMs), made(today + tenYears));
	t.is(fresh.problem(today), undefined);
	const leapt = new LivingHost();
	leapt.others.push(made(today));
	t.is(leapt.problem(today + tenYears), 'leapt');
});

test('what was taken over from archives is older than the repository, and no sign of life of this machine', t => {
	const own = [made(today - 400 * dayMs), made(today)];
	t.is(findClockProblem({nowMs: today, own, others: []})?.kind, 'leapt');
	t.is(findClockProblem({nowMs: today, own, others: [], createdMs: today - hourMs}), undefined);
	t.is(findClockProblem({nowMs: today + 90 * dayMs, own, others: [], createdMs: today - hourMs})?.kind, 'leapt');
	t.is(findClockProblem({nowMs: today, own: [], others: [made(today - 400 * dayMs)], createdMs: today - hourMs}), undefined);
});

test('where others go on while this host has leapt, they do not make its clock right', t => {
	const host = hostAfterAYear();
	const nowMs = today + 90 * dayMs;
	for (let day = 0; day < 90; day++) {
		host.others.push(made(today + day * dayMs));
	}

	t.is(host.problem(nowMs), 'leapt');
});

test('messages say what was seen and what to do', t => {
	const host = hostAfterAYear();
	const behind = t.throws(() => {
		assertClock({nowMs: today - dayMs, memory: host.memory, own: [], others: []});
	});
	t.true(isCofferError(behind, 'clock-wrong'));
	t.is(behind.message, 'This machine\'s clock says 2026-11-21T05:00:00.000Z, but there is something later: a time that this host\'s clock has told before, 2026-11-22T05:00:00.000Z. It is wrong now, or was then. '
	+ 'Which snapshots are too old cannot be told by a clock that is wrong, so nothing was forgotten or deleted. Set the clock right; when it is, "coffer prune --trust-clock" goes on, and what bears a later time counts no more against the clock.');
	const leapt = findClockProblem({nowMs: today + 40 * dayMs, memory: host.memory, own: host.own, others: []});
	t.is(leapt?.message, 'This machine\'s clock says 2027-01-01T05:00:00.000Z. Of the 40 days from 2026-11-22T05:00:00.000Z to 2027-01-01T05:00:00.000Z there is no sign of life of this host: the machine was off, or its clock was put forward. '
	+ 'Which snapshots are too old cannot be told by a clock that is wrong, so nothing was forgotten or deleted. If the clock is right, "coffer prune --trust-clock" goes on; else set it right. '
	+ 'It is believed by itself once coffer has run here on 3 days since then, over at least 3 days.');
	t.notThrows(() => {
		assertClock({nowMs: today, memory: host.memory, own: host.own, others: []});
	});
});

test('however a host lives: with no gap of a month nothing speaks against its clock; put forward or back by more, something does', t => {
	const gaps = fc.array(fc.integer({min: 1, max: 29 * 24 * 60}), {minLength: 1, maxLength: 60});
	t.plan(1);
	fc.assert(fc.property(gaps, fc.boolean(), fc.integer({min: 1, max: 5000}), fc.boolean(), (minutes, doesForget, leapDays, isForward) => {
		const host = new LivingHost();
		let nowMs = today;
		for (const [index, gap] of minutes.entries()) {
			if (index % 2 === 0) {
				host.backUp(nowMs);
			} else if (host.problem(nowMs) !== undefined) {
				return false;
			}

			nowMs += gap * 60 * 1000;
		}

		const lastMs = Math.max(...host.own.map(({time}) => Date.parse(time)));
		if (doesForget) {
			host.memory = undefined;
		}

		return host.problem(isForward ? nowMs + (30 + leapDays) * dayMs : lastMs - hourMs - leapDays) === (isForward ? 'leapt' : 'behind');
	}), {numRuns: 300});
	t.pass();
});
