import * as z from 'zod';
import {leastLogBytes} from '../logs/settings.ts';
import {parseAmount} from './data-share.ts';

const sizeRule = 'must be a size such as "10M", from "100k" to "1G"';
const daysRule = 'must be a number of days from 1 to 3650';

const isSize = (text: string): boolean => {
	const bytes = parseAmount(text) ?? 0;
	return bytes >= leastLogBytes && bytes <= 1e9;
};

/** `logs` in the configuration. */
export const logsSchema = z.strictObject({
	size: z.string().refine(text => isSize(text), sizeRule).optional(),
	days: z.int().min(1, daysRule).max(3650, daysRule).optional(),
});
