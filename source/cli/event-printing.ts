import type {CommandContext} from './command-line.ts';
import {EventPrinter} from './progress.ts';

/** A printer for what the operations of one command report. */
export function createEventPrinter({output, log, stderr, hasProgressBar, environment, runtime}: CommandContext): EventPrinter {
	const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
	return new EventPrinter({output, log, stderr, hasProgressBar, hasUnicode: /utf-?8/i.test(locale), monotonicMs: () => runtime.monotonicMs()});
}
