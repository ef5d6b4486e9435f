import {utcDay, type ClockMemory} from '../clock-memory.ts';
import {CofferError} from '../errors.ts';

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/** Clocks that differ by less are as good as right. */
export const clockToleranceMs = hourMs;
/** So long without any sign of life is more likely a clock that has leapt. */
export const leapMs = 30 * dayMs;
/** After a leap the clock is believed when it has gone on for so many days, with signs of life on as many. */
export const proofDays = 3;

/** Something that bears a time. */
export type DatedThing = {
	/** RFC 3339. */
	readonly time: string;
	/** For people: `the snapshot 1b88f0a9 of "etc"`. */
	readonly what: string;
};

/** What is known of a machine's clock before things are forgotten by it. */
export type ClockFacts = {
	readonly nowMs: number;
	/** What this host remembers. @default nothing: it is new here, or its state was lost */
	readonly memory?: ClockMemory | undefined;
	/** What this host has made in the repository, by its own clock: snapshots, tombstones. */
	readonly own: readonly DatedThing[];
	/** When the repository was made, in milliseconds since 1970. What is dated before was taken over from archives, and tells nothing of when this machine ran. @default all is from since then */
	readonly createdMs?: number;
	/** What other hosts have made. Their clocks may be wrong: it tells only when there was life before this host had any. */
	readonly others: readonly DatedThing[];
};

/** What speaks against a clock. */
export type ClockProblem = {readonly kind: 'behind' | 'leapt'; readonly message: string};

const iso = (timeMs: number): string => new Date(timeMs).toISOString();
const msOf = ({time}: DatedThing): number => Date.parse(time);

const whatNow = 'Which snapshots are too old cannot be told by a clock that is wrong, so nothing was forgotten or deleted.';

/** The clock is behind something that has happened. */
function findLater({nowMs, memory, own}: ClockFacts): ClockProblem | undefined {
	const {at, latest} = memory?.trusted ?? {};
	const isKnownWrong = (time: string) => at !== undefined && latest !== undefined && Date.parse(time) > Date.parse(at) && Date.parse(time) <= Date.parse(latest);
	const seen: DatedThing[] = memory ? [{time: memory.latest, what: 'a time that this host\'s clock has told before'}] : [];
	const [newest] = [...own.filter(({time}) => !isKnownWrong(time)), ...seen].toSorted((a, b) => msOf(b) - msOf(a));
	if (newest === undefined || msOf(newest) - nowMs <= clockToleranceMs) {
		return undefined;
	}

	return {
		kind: 'behind',
		message: `This machine's clock says ${iso(nowMs)}, but there is something later: ${newest.what}, ${newest.time}. It is wrong now, or was then. ${whatNow} Set the clock right; when it is, "coffer prune --trust-clock" goes on, and what bears a later time counts no more against the clock.`,
	};
}

/** The clock was put forward, perhaps, and too little has happened since to believe it. */
function findLeap({nowMs, memory, own, others, createdMs = Number.NEGATIVE_INFINITY}: ClockFacts): ClockProblem | undefined {
	const isLife = (timeMs: number) => timeMs <= nowMs + clockToleranceMs && timeMs >= createdMs - clockToleranceMs;
	const days = memory?.days ?? [];
	const ownLife = [...own.map(one => msOf(one)), ...days.map(day => Date.parse(day)), nowMs].filter(timeMs => isLife(timeMs) || timeMs === nowMs);
	const ownSorted = ownLife.toSorted((a, b) => a - b);
	const lastBefore = others.map(one => msOf(one)).filter(timeMs => isLife(timeMs) && timeMs <= ownSorted[0]!).toSorted((a, b) => a - b).slice(-1);
	const life = [...lastBefore, ...ownSorted];
	const trustedMs = memory?.trusted ? Date.parse(memory.trusted.at) : Number.NEGATIVE_INFINITY;
	const end = life.findLastIndex((timeMs, index) => index > 0 && timeMs - life[index - 1]! > leapMs && timeMs > trustedMs);
	if (end === -1) {
		return undefined;
	}

	const [fromMs, toMs] = [life[end - 1]!, life[end]!];
	const daysSince = new Set(life.slice(end).map(timeMs => utcDay(timeMs))).size;
	if (nowMs - toMs >= proofDays * dayMs && daysSince >= proofDays) {
		return undefined;
	}

	return {
		kind: 'leapt',
		message: `This machine's clock says ${iso(nowMs)}. Of the ${Math.floor((toMs - fromMs) / dayMs)} days from ${iso(fromMs)} to ${iso(toMs)} there is no sign of life of this host: the machine was off, or its clock was put forward. ${whatNow} If the clock is right, "coffer prune --trust-clock" goes on; else set it right. It is believed by itself once coffer has run here on ${proofDays} days since then, over at least ${proofDays} days.`,
	};
}

/** Whether something speaks against forgetting by this machine's clock. Times of other hosts, however wrong, never do. */
export function findClockProblem(facts: ClockFacts): ClockProblem | undefined {
	return findLater(facts) ?? findLeap(facts);
}

/** @throws `clock-wrong` where something speaks against the clock */
export function assertClock(facts: ClockFacts): void {
	const problem = findClockProblem(facts);
	if (problem) {
		throw new CofferError('clock-wrong', problem.message, {context: {kind: problem.kind}});
	}
}
