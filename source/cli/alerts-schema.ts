import * as z from 'zod';
import {pingChannel} from '../engine/index.ts';
import {channelSchema, keysOfChannel} from './channel-schemas.ts';
import {timeZone} from './time-zone-schema.ts';

const clockTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of the day such as "07:30", from "00:00" to "23:59"');

const hoursRange = 'must be a number of hours from 0.5 to 8760';
const hours = z.number().min(0.5, hoursRange).max(8760, hoursRange);

const quietSchema = z.strictObject({from: clockTime, to: clockTime, timeZone: timeZone.optional()}).superRefine(({from, to}, context) => {
	if (from === to) {
		context.addIssue({code: 'custom', path: ['to'], message: 'must be another time than "from"'});
	}
});

function nameFlaw(name: string): string | undefined {
	if (!/^[a-z\d][\w.-]{0,49}$/i.test(name)) {
		return 'is no name of a channel: it has up to 50 letters, digits, ".", "-" and "_"';
	}

	return name === pingChannel ? 'is the name of what "ping" of the configuration does: give the channel another one' : undefined;
}

/** The one name that a record leaves out without a word. */
function refuseProto(channels: unknown, context: z.RefinementCtx): unknown {
	if (typeof channels === 'object' && channels !== null && Object.hasOwn(channels, '__proto__')) {
		context.addIssue({code: 'custom', path: ['__proto__'], message: 'is no name of a channel'});
	}

	return channels;
}

/** `alerts` of the configuration. */
export const alertsSchema = z.strictObject({
	repeatHours: hours.optional(),
	escalateHours: hours.optional(),
	quiet: quietSchema.optional(),
	digest: clockTime.optional(),
	timeZone: timeZone.optional(),
	channels: z.preprocess(refuseProto, z.record(z.string(), channelSchema).superRefine((channels, context) => {
		for (const name of Object.keys(channels)) {
			const flaw = nameFlaw(name);
			if (flaw !== undefined) {
				context.addIssue({code: 'custom', path: [name], message: flaw});
			}
		}
	})).optional(),
}).superRefine(({digest, channels = {}}, context) => {
	for (const [name, channel] of Object.entries(channels)) {
		if (channel.digest === true && digest === undefined) {
			context.addIssue({code: 'custom', path: ['channels', name, 'digest'], message: 'has no time: "alerts" needs a "digest" such as "07:30"'});
		}
	}
});

export type ConfiguredAlerts = z.output<typeof alertsSchema>;

/** The keys that are known at a place below `alerts`. @param path - Without `alerts`. @param value - What stands there. */
export function keysOfAlerts(path: readonly PropertyKey[], value: unknown): string[] {
	if (path.length === 0) {
		return Object.keys(alertsSchema.shape);
	}

	if (path[0] === 'channels') {
		return path.length === 2 ? keysOfChannel(value) : [];
	}

	return path[0] === 'quiet' ? Object.keys(quietSchema.shape) : [];
}
