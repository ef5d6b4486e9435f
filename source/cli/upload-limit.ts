import {CofferError, minimumBytesPerSecond} from '../engine/index.ts';
import type {CommandContext} from './command-line.ts';
import {parseAmount} from './data-share.ts';

/** A rate such as `500k` or `20M` (powers of 1000), in bytes a second; `undefined` for a text that is none, or one that is too slow. */
export function parseRate(text: string): number | undefined {
	const bytesPerSecond = parseAmount(text);
	return bytesPerSecond === undefined || bytesPerSecond < minimumBytesPerSecond ? undefined : bytesPerSecond;
}

/** How a rate is written, for messages. */
export const rateForm = 'an amount a second of at least 16k, such as 500k or 20M';

/** How many bytes a second the flag lets through; `undefined` without it. @throws `usage` */
export function askedUploadLimit({arguments: flags}: Pick<CommandContext, 'arguments'>): number | undefined {
	const text = flags.text('limitUpload');
	const bytesPerSecond = text === undefined ? undefined : parseRate(text);
	if (text !== undefined && bytesPerSecond === undefined) {
		throw new CofferError('usage', `--limit-upload takes ${rateForm}, not "${text}".`);
	}

	return bytesPerSecond;
}
