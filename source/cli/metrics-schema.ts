import * as z from 'zod';
import {flawOfMetricsFile} from './metrics/metrics-file.ts';

/** `metrics` of the configuration. */
export const metricsSchema = z.strictObject({
	/** The monitor job writes them there. */
	file: z.string().superRefine((file, context) => {
		const message = flawOfMetricsFile(file);
		if (message !== undefined) {
			context.addIssue({code: 'custom', message});
		}
	}).optional(),
});
