import type {PruneSummary, RetentionDecision} from '../engine/index.ts';
import {formatAmount, formatBytes, formatTime} from '../text/format.ts';
import {styled, type Output, type Piece} from './output.ts';

/** Equal for snapshots that belong together. */
const placeOf = ({snapshot: {source, host}}: RetentionDecision): string => JSON.stringify([source, host]);

async function printSources(output: Output, decisions: readonly RetentionDecision[]): Promise<void> {
	const hasHosts = new Set(decisions.map(({snapshot: {host}}) => host)).size > 1;
	const groups = [...Map.groupBy(decisions, decision => placeOf(decision)).values()];
	const rows = groups
		.toSorted(([a], [b]) => placeOf(a!).localeCompare(placeOf(b!), 'en'))
		.map((group): Piece[] => {
			const {source, host} = group[0]!.snapshot;
			const kept = group.filter(({isKept}) => isKept);
			const oldest = kept[0]?.snapshot.time;
			const going = group.length - kept.length;
			return [source, ...(hasHosts ? [host] : []), String(kept.length), going > 0 ? styled(String(going), 'yellow') : '0', oldest === undefined ? '' : formatTime(oldest)];
		});
	const numbers = hasHosts ? [2, 3] : [1, 2];
	await output.table(['source', ...(hasHosts ? ['host'] : []), 'kept', 'go', 'oldest kept'], rows, {right: numbers});
}

async function printDecisions(output: Output, decisions: readonly RetentionDecision[]): Promise<void> {
	await output.table(['', 'snapshot', 'taken', 'source', 'class', 'why'], decisions.map(({snapshot: {id, time, source, class: backupClass}, isKept, reasons}): Piece[] => [
		isKept ? styled('kept', 'green') : styled('goes', 'yellow'),
		id.slice(0, 8),
		formatTime(time),
		source,
		backupClass,
		reasons.map(({text}) => text).join('; '),
	]));
}

/** What became of the space, in sentences. */
function spaceTexts({packs, freedBytes, rewrittenBytes, waitingBytes, waitingFor, deadBytes, isLimited, isDryRun}: PruneSummary): string[] {
	const rewritten = packs.rewritten > 0 ? `, ${packs.rewritten} of them written anew without what nothing needs (${formatBytes(rewrittenBytes)})` : '';
	const gone = packs.removed > 0
		? `${isDryRun ? 'Would free' : 'Freed'} ${formatBytes(Math.max(0, freedBytes))}: ${packs.removed} of ${formatAmount(packs.total, 'pack')} ${isDryRun ? 'would go' : 'are gone'}${rewritten}.`
		: (freedBytes > 0 ? `${isDryRun ? 'Would free' : 'Freed'} ${formatBytes(freedBytes)}.` : 'There was nothing to free.');
	const waiting = packs.waiting > 0
		? [`${formatAmount(packs.waiting, 'pack')} (${formatBytes(waitingBytes)}) ${packs.waiting === 1 ? 'waits' : 'wait'} for the next prune: runs are at work that may rely on ${packs.waiting === 1 ? 'it' : 'them'}${waitingFor === '' ? '' : ` (${waitingFor})`}.`]
		: [];
	const left = deadBytes > 0
		? [`${formatBytes(deadBytes)} that nothing needs ${isDryRun ? 'would stay' : 'stay'} in packs that are needed otherwise${isLimited ? '; a limit kept some of them from being written anew' : ''}.`]
		: [];
	return [gone, ...waiting, ...left];
}

/** Print how a prune ended, or what it would do: what is kept of each source, what goes by which rule, and what becomes of the space. */
export async function printPrune(output: Output, summary: PruneSummary): Promise<void> {
	const {decisions, forgotten, completed, remaining, isDryRun} = summary;
	if (output.isJson || (output.isQuiet && !isDryRun)) {
		return;
	}

	if (decisions.length > 0) {
		await printSources(output, decisions);
		const shown = output.isVerbose || isDryRun ? decisions : decisions.filter(({isKept}) => !isKept);
		if (shown.length > 0) {
			output.print('');
			await printDecisions(output, shown);
		}

		output.print('');
	}

	if (completed.length > 0) {
		output.note(`${isDryRun ? 'Would remove' : 'Removed'} ${formatAmount(completed.length, 'snapshot')} that an interrupted run had left half forgotten.`);
	}

	output.note(`${isDryRun ? 'Would forget' : 'Forgot'} ${formatAmount(forgotten.length, 'snapshot')}; ${formatAmount(remaining, 'snapshot')} ${isDryRun ? 'would be left' : 'left'}.`);
	for (const text of spaceTexts(summary)) {
		output.note(text);
	}

	if (isDryRun) {
		output.note('Nothing was changed.');
	}
}
