import * as z from 'zod';
import {isTimeZone} from '../engine/index.ts';
import {findNearest} from './nearest.ts';

/** The name of a time zone. */
export const timeZone = z.string().superRefine((value, context) => {
	if (!isTimeZone(value)) {
		const nearest = findNearest(value, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
		context.addIssue({code: 'custom', message: `must be the name of a time zone such as "Europe/Berlin", not ${JSON.stringify(value)}${nearest === undefined ? '' : ` (did you mean "${nearest}"?)`}`});
	}
});
