import {CofferError} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {formatEntry} from '../entry-text.ts';
import {createEventPrinter} from '../event-printing.ts';
import {JsonList} from '../json-list.ts';
import {resolveReference} from '../source-requests.ts';

/** Lines that are printed before the reader is waited for. */
const linesAtOnce = 500;

/** `coffer ls`. A folder that cannot be read whole is named and makes the exit code 13; the rest is listed all the same. */
export async function ls(context: CommandContext): Promise<number> {
	const {arguments: flags, cwd, output} = context;
	const [reference, path] = flags.input;
	if (reference === undefined) {
		throw new CofferError('usage', 'Name the snapshot to look into: its id (or the first digits of it), "latest" or "latest:SOURCE". "coffer snapshots" lists them.');
	}

	const isRecursive = flags.isSet('recursive');
	const {listener} = createEventPrinter(context);
	const engine = await openEngine(context, listener);
	try {
		return await context.interruptible(async signal => {
			const browser = await engine.browse({signal, onEvent: listener});
			let list: JsonList | undefined;
			let count = 0;
			for await (const entry of browser.list(resolveReference(reference, cwd), {...(path !== undefined && {path}), isRecursive})) {
				list ??= new JsonList(output);
				list.add(entry);
				output.print(formatEntry(entry, isRecursive ? entry.path : entry.path.slice(entry.path.lastIndexOf('/') + 1)));
				count++;
				if (count % linesAtOnce !== 0) {
					continue;
				}

				await output.settle();
				if (!output.hasReader) {
					return 0;
				}
			}

			(list ?? new JsonList(output)).end();
			return browser.losses > 0 ? 13 : 0;
		});
	} finally {
		await engine.close();
	}
}
