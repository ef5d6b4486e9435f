import type {EngineEvent, EventListener, Phase, ProgressEvent} from '../engine/index.ts';
import {displayWidth, toSafeText, truncateText} from '../text/display-text.ts';
import {formatAmount, formatBytes, formatDuration} from '../text/format.ts';
import type {Log} from './log.ts';
import type {Output} from './output.ts';

const phaseNames: Readonly<Record<Phase, string>> = {
	opening: 'opening',
	reading: 'reading',
	committing: 'finishing',
	checking: 'checking',
	planning: 'planning',
	writing: 'restoring',
	renewing: 'new keys',
	moving: 'moving to the new epoch',
	waiting: 'waiting for runs that began before',
	're-encrypting': 're-encrypting',
	repacking: 'repacking',
	sweeping: 'deleting what nothing needs',
	proving: 'proving',
};
const redrawIntervalMs = 100;
const jsonIntervalMs = 1000;
const barWidth = 20;

export type ProgressLineOptions = {
	readonly columns: number;
	readonly hasUnicode: boolean;
	readonly errors: number;
	/** What the line begins with, such as the source. */
	readonly label?: string;
};

/** One line that says phase, bytes of total, rate, time left and errors, at most `columns` wide. */
export function progressLine({phase, bytes, totalBytes, files, rate, current}: ProgressEvent, {columns, hasUnicode, errors, label}: ProgressLineOptions): string {
	const fraction = totalBytes === undefined || totalBytes === 0 ? undefined : Math.min(1, bytes / totalBytes);
	const parts = [`${label === undefined ? '' : `${toSafeText(label)}: `}${phaseNames[phase]}`];
	if (fraction !== undefined) {
		const full = Math.round(fraction * barWidth);
		parts.push(`[${(hasUnicode ? '█' : '#').repeat(full)}${(hasUnicode ? '░' : '-').repeat(barWidth - full)}]`, `${Math.floor(fraction * 100)} %`);
	}

	if (bytes > 0 || files > 0) {
		parts.push(`${formatBytes(bytes)}${totalBytes === undefined ? '' : ` of ${formatBytes(totalBytes)}`}`);
	}

	if (rate > 0) {
		parts.push(`${formatBytes(rate)}/s`);
		if (totalBytes !== undefined && totalBytes > bytes) {
			parts.push(`${formatDuration((totalBytes - bytes) / rate * 1000)} left`);
		}
	}

	if (errors > 0) {
		parts.push(formatAmount(errors, 'error'));
	}

	if (files > 0) {
		parts.push(formatAmount(files, 'file'));
	}

	if (current !== undefined) {
		parts.push(toSafeText(current));
	}

	return truncateText(parts.join('  '), columns - 1);
}

type TerminalStream = NodeJS.WritableStream & {readonly columns?: number};

export type EventPrinterOptions = {
	readonly output: Output;
	readonly log: Log;
	readonly stderr: NodeJS.WritableStream;
	readonly hasProgressBar: boolean;
	readonly hasUnicode: boolean;
	/** Milliseconds that never run backwards. */
	readonly monotonicMs: () => number;
};

/**
Shows what an operation reports: a bar at the bottom of a terminal, at most ten times a second; JSON lines, at most one a second; warnings at once.
*/
export class EventPrinter {
	readonly #options: EventPrinterOptions;
	#errors = 0;
	#isDrawn = false;
	#lastMs = Number.NEGATIVE_INFINITY;
	#lastPhase: Phase | undefined;
	/** What the bar begins with. */
	label: string | undefined;

	constructor(options: EventPrinterOptions) {
		this.#options = options;
		options.output.clearOverlay = () => {
			this.clear();
		};
	}

	/** Files that were named as unreadable or lost. */
	get errors(): number {
		return this.#errors;
	}

	readonly listener: EventListener = event => {
		if (event.event === 'progress') {
			this.#progress(event);
		} else if (event.event === 'warning') {
			this.#warning(event);
		} else {
			this.#options.log.write('info', event.message);
		}
	};

	/** Take the bar away. */
	clear(): void {
		if (this.#isDrawn) {
			this.#isDrawn = false;
			this.#options.stderr.write('\r\u001B[K');
		}
	}

	#progress(event: ProgressEvent): void {
		const {output, stderr, hasProgressBar, hasUnicode, monotonicMs} = this.#options;
		if (!output.isJson && !hasProgressBar) {
			return;
		}

		const now = monotonicMs();
		const isDue = event.phase !== this.#lastPhase || now - this.#lastMs >= (output.isJson ? jsonIntervalMs : redrawIntervalMs);
		if (!isDue) {
			return;
		}

		this.#lastMs = now;
		this.#lastPhase = event.phase;
		if (output.isJson) {
			output.event(event);
			return;
		}

		// Some terminals say 0.
		const {columns: told = 0} = stderr as TerminalStream;
		const columns = told > 0 ? told : 80;
		const line = progressLine(event, {columns, hasUnicode, errors: this.#errors, ...(this.label !== undefined && {label: this.label})});
		if (displayWidth(line) > 0) {
			this.#isDrawn = true;
			stderr.write(`\r${line}\u001B[K`);
		}
	}

	#warning(event: Extract<EngineEvent, {event: 'warning'}>): void {
		const {output, log} = this.#options;
		const {kind, path, message} = event;
		const isLoss = kind === 'unreadable' || kind === 'lost';
		this.#errors += isLoss ? 1 : 0;
		log.write(kind === 'skipped' ? 'debug' : 'warn', message, {kind, path});
		output.event(event);
		const isAboutWhole = ['repository', 'source', 'shrunk', 'anomaly'].includes(kind);
		const isShown = isLoss || isAboutWhole || output.isVerbose || (kind === 'changed' && !output.isQuiet);
		if (isShown) {
			output.tell(`${isAboutWhole ? '' : `${kind}: `}${path === undefined || message.includes(path) ? '' : `${path}: `}${message}`);
		}
	}
}
