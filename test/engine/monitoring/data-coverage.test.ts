import test from 'ava';
import fc from 'fast-check';
import {coverageOf} from '../../../source/engine/monitoring/data-coverage.ts';
import {findUnreadData} from '../../../source/engine/monitoring/coverage-findings.ts';
import {defaultMonitorPolicy} from '../../../source/engine/monitoring/monitor-policy.ts';
import type {DataRead, VerifyRun} from '../../../source/engine/state/host-state.ts';

const day = 24 * 60 * 60 * 1000;
const nowMs = Date.parse('2026-11-21T18:00:00.000Z');
const at = (agoMs: number): string => new Date(nowMs - agoMs).toISOString();
const read = (share: number, agoMs = day): DataRead => ({time: at(agoMs), share});
const part = (number: number, parts = 4, agoMs = day): DataRead => ({time: at(agoMs), share: 1 / parts, part: number, parts});
const coverage = (reads: readonly DataRead[]): number => coverageOf(reads, {fromMs: nowMs - 10 * day, toMs: nowMs});

test('parts add up, other shares count as if by chance, and all is all', t => {
	t.is(coverage([]), 0);
	t.is(coverage([read(1), read(0.1)]), 1);
	t.is(coverage([read(0.5), read(0.5)]), 0.75);
	t.is(coverage([part(1), part(2), part(1)]), 0.5, 'the same part twice is once');
	t.is(coverage([1, 2, 3].map(number => part(number, 3))), 1);
	t.is(coverage([part(1, 2), part(1, 4)]), 0.625, 'of two divisions nobody knows how they overlap');
	t.is(coverage([read(1, 10 * day + 1), read(1, 0), read(0.25, 10 * day)]), 0.25, 'only what is of that time');
});

test('property: a share is from 0 to 1, and what is read besides never makes it less', t => {
	const reads = fc.array(fc.oneof(
		fc.double({min: 0, max: 1, noNaN: true}).map(share => read(share)),
		fc.integer({min: 1, max: 30}).chain(parts => fc.integer({min: 1, max: parts}).map(number => part(number, parts))),
	), {maxLength: 40});
	t.notThrows(() => {
		fc.assert(fc.property(reads, fc.double({min: 0, max: 1, noNaN: true}), (some, more) => {
			const before = coverage(some);
			const after = coverage([...some, read(more)]);
			return before >= 0 && before <= 1 && after >= before - 1e-9 && after <= 1;
		}));
	});
});

const facts = {url: '/r', nowMs, created: at(400 * day), verifyRuns: [] as VerifyRun[], dataReads: [] as DataRead[]};
const messages = (more: Partial<typeof facts>) => findUnreadData({...facts, ...more} as unknown as Parameters<typeof findUnreadData>[0]).map(({message}) => message);
const {allDataWithinMs} = defaultMonitorPolicy;

test('data that no verification has read for 90 days', t => {
	t.deepEqual(messages({}), ['verifications have read none of its data in the last 90 days']);
	t.deepEqual(messages({created: at(allDataWithinMs - 1)}), [], 'it is not so old yet');
	t.is(messages({created: at(allDataWithinMs)}).length, 1);
	t.deepEqual(messages({dataReads: [read(0.89, 80 * day)]}), ['verifications have read 89 % of its data in the last 90 days']);
	t.deepEqual(messages({dataReads: [read(0.9, 80 * day)]}), []);
	t.is(messages({dataReads: [read(1, 91 * day)]}).length, 1);
});

test('what an earlier version has read is not known, and nothing is said of it', t => {
	const earlier: VerifyRun = {time: at(30 * day), data: 'part', isComplete: true, problems: 0, damaged: []};
	t.deepEqual(messages({verifyRuns: [earlier]}), []);
	t.deepEqual(messages({verifyRuns: [earlier], dataReads: [read(0.1)]}), []);
	t.is(messages({verifyRuns: [{...earlier, time: at(91 * day)}], dataReads: [read(0.1)]}).length, 1, 'until it is too old to count');
	t.is(messages({verifyRuns: [{...earlier, data: 'none'}]}).length, 1, 'it has read nothing');
	t.is(messages({verifyRuns: [{...earlier, time: at(day)}], dataReads: [read(0.1)]}).length, 1, 'one whose share is known');
});
