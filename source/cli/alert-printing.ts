import {runbookOf, type Alert, type Severity} from '../engine/index.ts';
import {formatAge} from '../text/format.ts';
import type {CommandContext} from './command-line.ts';
import {styled, type Style} from './output.ts';

const words: Readonly<Record<Severity, readonly [string, Style]>> = {warning: ['warning', 'yellow'], critical: ['critical', 'red']};

/** An alert in some lines: what is wrong since when, why, and what to do. @param options.hasRunbook - Also where more of it is written. @default false */
export function printAlert({output, runtime}: Pick<CommandContext, 'output' | 'runtime'>, {kind, severity, object, message, cause, nextStep, firstSeen, acknowledged}: Alert, {hasRunbook = false} = {}): void {
	const seen = formatAge(firstSeen, runtime.now());
	const taken = acknowledged ? `; ${acknowledged.user} took note of it` : '';
	output.print(styled(...words[severity]), ` ${object}: ${message} (seen first: ${seen}${taken})`);
	if (cause !== undefined) {
		output.print(`  why: ${cause}`);
	}

	output.print(`  do:  ${nextStep}`);
	if (hasRunbook) {
		output.print(`  see: ${runbookOf(kind)}`);
	}
}
