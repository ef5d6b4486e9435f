import {StringDecoder} from 'node:string_decoder';
import {CofferError} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import type {Output} from '../output.ts';
import {resolveReference} from '../source-requests.ts';

/** A line without an end is broken after so many characters. */
const maximumLineLength = 65_536;

/** Shows text on a terminal, line by line, with nothing in it that the terminal would obey. */
class TextPrinter {
	readonly #output: Output;
	readonly #decoder = new StringDecoder('utf8');
	#rest = '';

	constructor(output: Output) {
		this.#output = output;
	}

	write(bytes: Buffer): void {
		const lines = (this.#rest + this.#decoder.write(bytes)).split('\n');
		this.#rest = lines.pop()!;
		for (const line of lines) {
			this.#print(line);
		}

		if (this.#rest.length > maximumLineLength) {
			this.#print(this.#rest);
			this.#rest = '';
		}
	}

	end(): void {
		this.#rest += this.#decoder.end();
		if (this.#rest !== '') {
			this.#print(this.#rest);
		}
	}

	#print(line: string): void {
		this.#output.printText(line.replaceAll('\t', ' '.repeat(8)));
	}
}

/** `coffer cat`: the bytes of a file, also with `--json` and `--quiet`; on a terminal as harmless text. */
export async function cat(context: CommandContext): Promise<number> {
	const {arguments: flags, cwd, output} = context;
	const [reference, path] = flags.input;
	if (reference === undefined || path === undefined) {
		throw new CofferError('usage', 'Name a snapshot and the path of a file in it, such as "coffer cat latest:etc /etc/hosts".');
	}

	const {listener} = createEventPrinter(context);
	const engine = await openEngine(context, listener);
	try {
		return await context.interruptible(async signal => {
			const browser = await engine.browse({signal, onEvent: listener});
			const printer = output.isTerminal && !output.isJson && !flags.isSet('raw') ? new TextPrinter(output) : undefined;
			for await (const bytes of browser.read(resolveReference(reference, cwd), path)) {
				if (printer) {
					printer.write(bytes);
					await output.settle();
				} else {
					await output.bytes(bytes);
				}

				if (!output.hasReader) {
					return 0;
				}
			}

			printer?.end();
			return 0;
		});
	} finally {
		await engine.close();
	}
}
