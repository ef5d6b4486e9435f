import {dayOf} from '../../incident-text.ts';
import {sizeText} from '../../size-text.ts';
import type {Oddity} from './find-oddities.ts';
import type {RunMeasures} from './source-history.ts';

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** A duration in the one unit that says most: `95 s`, `43 min`, `5.2 h`. */
function durationText(durationMs: number): string {
	return durationMs < 2 * minuteMs ? `${Math.round(durationMs / secondMs)} s` : (durationMs < 2 * hourMs ? `${Math.round(durationMs / minuteMs)} min` : `${(durationMs / hourMs).toFixed(1)} h`);
}

/** How much a factor changes: `+4 %`, `-50 %`; from three times on `3.0 times`. */
function factorText(factor: number): string {
	const percent = (factor - 1) * 100;
	return factor >= 3 ? `${factor.toFixed(1)} times` : `${percent > 0 ? '+' : ''}${Math.abs(percent) < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}

function usualText({usual, least, most, runs}: Oddity, format: (value: number) => string): string {
	return `usual are ${format(usual)} (${format(least)} to ${format(most)} in ${runs} runs)`;
}

/** What is odd about a run: a sentence without its full stop. @param run - The newest. @param before - The one before it. */
export function oddityText(oddity: Oddity, run: RunMeasures, before: RunMeasures | undefined): string {
	const {quantity, value} = oddity;
	const backup = `the backup of ${dayOf(run.time)}`;
	const files = (count: number) => `${count} ${count === 1 ? 'file' : 'files'}`;
	switch (quantity) {
		case 'duration': {
			return `${backup} took ${durationText(value)}; ${usualText(oddity, durationText)}`;
		}

		case 'added': {
			return `${backup} added ${sizeText(value)}; ${usualText(oddity, sizeText)}`;
		}

		case 'size': {
			return `${backup} has ${sizeText(run.bytes)}, the one before ${sizeText(before?.bytes ?? 0)}: ${factorText(value)}; ${usualText(oddity, factorText)}`;
		}

		case 'changed': {
			return `in ${backup} ${files(value)} of ${run.before} have changed; ${usualText(oddity, String)}`;
		}

		case 'removed': {
			return `in ${backup} ${files(value)} of ${run.before} are gone; ${usualText(oddity, String)}`;
		}
	}
}

/** That most files have other names. */
export function renamedText({time, before = 0, removedFiles = 0}: RunMeasures): string {
	return `in the backup of ${dayOf(time)} ${removedFiles} of ${before} files have another name than before, or were replaced by others`;
}
