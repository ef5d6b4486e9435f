import test from 'ava';
import {channelKey, findChannelTrouble, isAboutChannel, pingChannel} from '../../../source/engine/monitoring/channel-findings.ts';
import type {ChannelState} from '../../../source/engine/state/channel-states.ts';

const nowMs = Date.parse('2026-11-21T18:46:00.000Z');
const at = (minutesAgo: number): string => new Date(nowMs - minutesAgo * 60_000).toISOString();
const failing = (failures: number, minutesAgo: number, channel = 'mail'): ChannelState => ({channel, failures, failingSince: at(minutesAgo), lastFailure: at(0), error: 'It refused.'});

test('a channel is out of order after three failures in a row, or half an hour', t => {
	const isOutOfOrder = (state: ChannelState) => findChannelTrouble({channels: [state], nowMs}).length === 1;
	t.deepEqual([failing(2, 29), failing(3, 0), failing(1, 30), {channel: 'mail', failures: 0, lastSuccess: at(0)}].map(state => isOutOfOrder(state)), [false, true, true, false]);
	t.false(isOutOfOrder(failing(1, -10_000)), 'a clock that was ahead makes it no older');
	t.like(findChannelTrouble({channels: [failing(3, 0)], nowMs})[0], {key: 'channel:mail', kind: 'channel', severity: 'warning', object: 'mail', cause: 'It refused'});
	t.regex(findChannelTrouble({channels: [failing(3, 180)], nowMs})[0]!.message, /failing for 3 hours/);
	t.regex(findChannelTrouble({channels: [failing(3, 0)], nowMs})[0]!.nextStep, /coffer alerts test mail/);
	t.notRegex(findChannelTrouble({channels: [failing(3, 0, pingChannel)], nowMs})[0]!.nextStep, /alerts test/, 'pings are no channel to be tried');
});

test('what is about a channel is known by its key', t => {
	t.true(isAboutChannel(channelKey('mail')));
	t.false(isAboutChannel('late:channel:x'));
});
