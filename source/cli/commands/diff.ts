import {ChangeTally, CofferError, type ChangeCounts, type EntryFacts, type SnapshotChange} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {formatAmount, formatBytes} from '../../text/format.ts';
import {JsonList} from '../json-list.ts';
import {styled, type Piece} from '../output.ts';
import {resolveReference} from '../source-requests.ts';

/** Lines that are printed before the reader is waited for. */
const linesAtOnce = 500;

const sizeOf = ({size}: EntryFacts): string => size === undefined ? '' : `  (${formatBytes(size)})`;

function toPieces(change: SnapshotChange): Piece[] {
	if (change.change === 'added') {
		return [styled('+', 'green'), ` ${change.path}${sizeOf(change.after)}`];
	}

	if (change.change === 'removed') {
		return [styled('-', 'red'), ` ${change.path}${sizeOf(change.before)}`];
	}

	const {path, differs, before, after} = change;
	if (differs.includes('type')) {
		return [styled('T', 'yellow'), ` ${path}  (${before.type}, then ${after.type})`];
	}

	if (!differs.includes('content')) {
		return [styled('U', 'dim'), ` ${path}`];
	}

	return [styled('M', 'yellow'), ` ${path}${before.size === undefined || after.size === undefined ? '' : `  (${formatBytes(before.size)}, then ${formatBytes(after.size)})`}`];
}

function describeCounts({added, addedBytes, removed, removedBytes, changed, changedBytesBefore, changedBytesAfter, metadataOnly}: ChangeCounts): string {
	return `${formatAmount(added, 'entry', 'entries')} added (${formatBytes(addedBytes)}), ${removed} removed (${formatBytes(removedBytes)}), `
		+ `${changed} changed (${formatBytes(changedBytesBefore)}, then ${formatBytes(changedBytesAfter)}), ${metadataOnly} only in their metadata.`;
}

/** `coffer diff`. A folder that cannot be read whole is named and makes the exit code 13. */
export async function diff(context: CommandContext): Promise<number> {
	const {arguments: flags, cwd, output} = context;
	const [first, second] = flags.input.map(reference => resolveReference(reference, cwd));
	if (first === undefined || second === undefined) {
		throw new CofferError('usage', 'Name two snapshots, the older one first: ids (or their first digits), "latest" or "latest:SOURCE". "coffer snapshots" lists them.');
	}

	const {listener} = createEventPrinter(context);
	const engine = await openEngine(context, listener);
	try {
		return await context.interruptible(async signal => {
			const browser = await engine.browse({signal, onEvent: listener});
			const [from, to] = [browser.find(first), browser.find(second)];
			const tally = new ChangeTally();
			const list = new JsonList(output, 'changes', {from: from.id, to: to.id});
			let count = 0;
			for await (const change of browser.compare(from.id, to.id)) {
				tally.add(change);
				list.add(change);
				output.print(...toPieces(change));
				count++;
				if (count % linesAtOnce !== 0) {
					continue;
				}

				await output.settle();
				if (!output.hasReader) {
					return 0;
				}
			}

			list.end({counts: tally.counts});
			output.note(describeCounts(tally.counts));
			return browser.losses > 0 ? 13 : 0;
		});
	} finally {
		await engine.close();
	}
}
