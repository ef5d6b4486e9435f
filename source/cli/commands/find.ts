import {CofferError, type FoundEntry} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {formatSize} from '../entry-text.ts';
import {createEventPrinter} from '../event-printing.ts';
import {formatTime} from '../../text/format.ts';
import {formatMode} from '../../text/mode-text.ts';
import {JsonList} from '../json-list.ts';
import {isPath, resolveReference} from '../source-requests.ts';

/** `611e8286`, or `3: 611e8286 … abefd091` from the oldest to the newest. */
function holders({snapshots}: FoundEntry): string {
	const first = snapshots[0]!.id.slice(0, 8);
	return snapshots.length === 1 ? first : `${snapshots.length}: ${first} … ${snapshots.at(-1)!.id.slice(0, 8)}`;
}

/** `coffer find`. A folder that cannot be read whole is named and makes the exit code 13. */
export async function find(context: CommandContext): Promise<number> {
	const {arguments: flags, cwd, output} = context;
	const [pattern] = flags.input;
	if (pattern === undefined) {
		throw new CofferError('usage', 'Name a pattern, such as "*.conf", or a path in the snapshots.');
	}

	const named = flags.texts('snapshot').map(reference => resolveReference(reference, cwd));
	const given = flags.text('source');
	const source = given !== undefined && isPath(given) ? resolveReference(`latest:${given}`, cwd).slice('latest:'.length) : given;
	const {listener} = createEventPrinter(context);
	const engine = await openEngine(context, listener);
	try {
		const {found, losses} = await context.interruptible(async signal => {
			const browser = await engine.browse({signal, onEvent: listener});
			return {found: await browser.search(pattern, {...(named.length > 0 && {snapshots: named}), ...(source !== undefined && {source})}), losses: browser.losses};
		});
		const list = new JsonList(output);
		for (const entry of found) {
			list.add(entry);
		}

		list.end();
		if (found.length > 0) {
			await output.table(['MODE', 'SIZE', 'MODIFIED', 'SNAPSHOTS', 'PATH'], found.map(entry => [formatMode(entry.type, entry.mode), formatSize(entry), formatTime(entry.mtime), holders(entry), entry.path]), {right: [1]});
		} else {
			output.note(`Nothing in the snapshots matches "${pattern}".`);
		}

		return losses > 0 ? 13 : 0;
	} finally {
		await engine.close();
	}
}
