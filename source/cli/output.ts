import {errorText, isCofferError, type EngineEvent} from '../engine/index.ts';
import {displayWidth, prepareWidths, toSafeJson, toSafeText} from '../text/display-text.ts';

const sgr = {bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39]} as const;
export type Style = keyof typeof sgr;

/** A text with a style, which shows only where colours are wanted. */
export type Styled = {readonly text: string; readonly style: Style};
/** A piece of a line. Texts may hold anything: they are made safe on their way out. */
export type Piece = string | Styled;

export const styled = (text: string, style: Style): Styled => ({text, style});

export type OutputOptions = {
	readonly stdout: NodeJS.WritableStream;
	readonly stderr: NodeJS.WritableStream;
	readonly isJson: boolean;
	readonly isQuiet: boolean;
	readonly isVerbose: boolean;
	readonly hasColor: boolean;
};

const plain = (piece: Piece): string => toSafeText(typeof piece === 'string' ? piece : piece.text);

/**
The only way to stdout and stderr: everything is made safe for a terminal here. A reader that has gone (EPIPE) ends the output quietly, never the work.
*/
export class Output {
	readonly isJson: boolean;
	readonly isQuiet: boolean;
	readonly isVerbose: boolean;
	readonly #streams: Pick<OutputOptions, 'stdout' | 'stderr'>;
	readonly hasColor: boolean;
	readonly #gone = new Set<NodeJS.WritableStream>();
	#failure: Error | undefined;
	/** Takes what is drawn at the bottom of the terminal away before a line is written. */
	clearOverlay: () => void = () => undefined;
	/** Told of every warning, also of those that `--json` leaves out. */
	onWarning: (text: string) => void = () => undefined;

	constructor(options: OutputOptions) {
		this.isJson = options.isJson;
		this.isQuiet = options.isQuiet;
		this.isVerbose = options.isVerbose;
		this.hasColor = options.hasColor;
		this.#streams = {stdout: options.stdout, stderr: options.stderr};
		for (const stream of [options.stdout, options.stderr]) {
			stream.on('error', (error: Error) => {
				this.#gone.add(stream);
				// EIO: the terminal was closed.
				const isGone = 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' || (error.code === 'EIO' && 'isTTY' in stream && stream.isTTY === true));
				if (!isGone) {
					this.#failure ??= error;
				}
			});
		}
	}

	/** A line of the result, for people. */
	print(...pieces: readonly Piece[]): void {
		if (!this.isJson) {
			this.#line(this.#streams.stdout, this.#render(pieces));
		}
	}

	/** A line that `--quiet` leaves out. */
	note(...pieces: readonly Piece[]): void {
		if (!this.isQuiet) {
			this.print(...pieces);
		}
	}

	/** Several lines of the program's own text. */
	printText(text: string): void {
		for (const line of text.split('\n')) {
			this.print(line);
		}
	}

	/** A line of code that the program made itself: only its tabs are kept. */
	printCode(line: string): void {
		if (!this.isJson) {
			this.#line(this.#streams.stdout, line.split('\t').map(part => toSafeText(part)).join('\t'));
		}
	}

	/** One JSON value on one line; only with `--json`. */
	value(value: unknown): void {
		if (this.isJson) {
			this.#line(this.#streams.stdout, toSafeJson(value));
		}
	}

	/** A part of a JSON value that is written piece by piece (JsonList); only with `--json`. */
	jsonPart(text: string): void {
		if (this.isJson && !this.#gone.has(this.#streams.stdout)) {
			this.#streams.stdout.write(text);
		}
	}

	/** Bytes as they are; whoever calls it knows that they do no harm where they go. Returns once they are written. */
	async bytes(bytes: Uint8Array): Promise<void> {
		await this.#write(this.#streams.stdout, bytes);
	}

	/** Wait until stdout has taken what was printed, so that a long list takes no memory. */
	async settle(): Promise<void> {
		await this.#write(this.#streams.stdout, '');
	}

	/** Whether somebody still reads stdout. */
	get hasReader(): boolean {
		return !this.#gone.has(this.#streams.stdout);
	}

	/** Whether stdout is a terminal. */
	get isTerminal(): boolean {
		return 'isTTY' in this.#streams.stdout && this.#streams.stdout.isTTY === true;
	}

	/** Something a person should know, now and in the log; on stderr. With `--json` nothing is printed: there it is an event. */
	warn(text: string): void {
		this.onWarning(text);
		this.tell(text);
	}

	/** A line on stderr that is no matter for the log, or stands there in other words. With `--json` nothing. */
	tell(text: string): void {
		if (!this.isJson) {
			this.#line(this.#streams.stderr, this.#render(['coffer: ', text]));
		}
	}

	/** An event of a long operation as a JSON line; only with `--json`. */
	event(event: EngineEvent | {readonly event: string}): void {
		this.value(event);
	}

	/** What went wrong, on stderr: one or two sentences, or with `--json` one line. @param source - The source it is about, when others go on. */
	error(error: unknown, source?: string): void {
		const code = isCofferError(error) ? error.code : 'internal';
		const message = isCofferError(error) ? error.message : `Something unforeseen went wrong: ${errorText(error)}. The log has more; please report it.`;
		this.#line(this.#streams.stderr, this.isJson
			? toSafeJson({event: 'error', code, message, ...(source !== undefined && {source})})
			: this.#render(['coffer: ', ...(source === undefined ? [] : [`${source}: `]), message]));
	}

	/** Rows in columns, each as wide as its widest cell; numbers go to the right. @param head - Titles. */
	async table(head: readonly string[], rows: ReadonlyArray<readonly Piece[]>, options: {readonly right?: readonly number[]} = {}): Promise<void> {
		const cells = [head, ...rows].map(row => row.map(cell => plain(cell)));
		await prepareWidths(cells.flat());
		const widths = head.map((_, column) => Math.max(...cells.map(row => displayWidth(row[column] ?? ''))));
		for (const [rowNumber, row] of [head.map(title => styled(title, 'dim')), ...rows].entries()) {
			const pieces = row.flatMap((piece, column): Piece[] => {
				const padding = ' '.repeat(widths[column]! - displayWidth(cells[rowNumber]![column]!));
				const isLast = column === row.length - 1;
				return options.right?.includes(column) ? [padding, piece, isLast ? '' : '  '] : [piece, isLast ? '' : `${padding}  `];
			});
			this.print(...pieces);
		}
	}

	/** Wait until everything is written. @throws What writing failed with, other than a reader that has gone. */
	async flush(): Promise<void> {
		for (const stream of Object.values(this.#streams)) {
			await this.#write(stream, '');
		}

		if (this.#failure !== undefined) {
			throw this.#failure;
		}
	}

	async #write(stream: NodeJS.WritableStream, data: string | Uint8Array): Promise<void> {
		if (!this.#gone.has(stream)) {
			await new Promise<void>(resolve => {
				stream.write(data, () => {
					resolve();
				});
			});
		}
	}

	#render(pieces: readonly Piece[]): string {
		return pieces.map(piece => {
			const text = plain(piece);
			if (typeof piece === 'string' || !this.hasColor || text === '') {
				return text;
			}

			const [on, off] = sgr[piece.style];
			return `\u001B[${on}m${text}\u001B[${off}m`;
		}).join('');
	}

	#line(stream: NodeJS.WritableStream, line: string): void {
		if (!this.#gone.has(stream)) {
			this.clearOverlay();
			stream.write(`${line}\n`);
		}
	}
}
