import type {KeyStatus, SourceState, SourceStatus, StorageUsage} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {formatAge, formatAmount, formatBytes, formatCount} from '../../text/format.ts';
import {styled, type Piece, type Style} from '../output.ts';
import {configuredSources} from '../source-requests.ts';

const words: Readonly<Record<SourceState, readonly [string, Style]>> = {
	ok: ['OK', 'green'],
	partial: ['WARN', 'yellow'],
	stale: ['LATE', 'yellow'],
	failed: ['FAIL', 'red'],
	never: ['NEVER', 'red'],
};

function usedPercent({freeBytes, totalBytes}: StorageUsage): number | null {
	return freeBytes === undefined || totalBytes === undefined || totalBytes === 0 ? null : Math.round((totalBytes - freeBytes) / totalBytes * 1000) / 10;
}

async function printSources({output, runtime}: CommandContext, sources: readonly SourceStatus[]): Promise<void> {
	const now = runtime.now();
	const hasOthers = new Set(sources.map(({host}) => host)).size > 1;
	await output.table(['STATE', 'SOURCE', ...(hasOthers ? ['HOST'] : []), 'LAST OK', 'VERIFIED', 'SNAPSHOTS', 'SIZE'], sources.map(({name, host, state, lastSuccess, lastVerified, snapshots, bytes}): Piece[] => [
		styled(...words[state]), name, ...(hasOthers ? [host] : []), formatAge(lastSuccess, now), formatAge(lastVerified, now), formatCount(snapshots), formatBytes(bytes),
	]), {right: hasOthers ? [5, 6] : [4, 5]});
	for (const {name, state, lastError} of sources) {
		if (lastError !== undefined && (state === 'failed' || state === 'partial')) {
			output.print(`${name}: ${lastError}`);
		}
	}
}

function printRest({output}: CommandContext, storage: StorageUsage & {readonly url: string}, {epochs, rotateAfterDays, age}: KeyStatus): void {
	const {url, usedBytes, freeBytes} = storage;
	output.print(`Repository  ${url}: ${usedBytes === undefined ? 'size unknown' : formatBytes(usedBytes)} used${freeBytes === undefined ? '' : `, ${formatBytes(freeBytes)} free (the disk is ${usedPercent(storage)} % full)`}`);
	const active = epochs.find(({isActive}) => isActive);
	if (active) {
		const advice: Piece = age === 'ok' ? '' : styled(age === 'due' ? '  DUE: rotate it' : '  WARN: a rotation is due soon', age === 'due' ? 'red' : 'yellow');
		output.print(`Key         epoch ${active.id.slice(0, 8)}, ${formatAmount(active.ageDays, 'day')} of ${rotateAfterDays}`, advice);
	}
}

/** `coffer status`. */
export async function status(context: CommandContext): Promise<number> {
	const {output} = context;
	const config = await context.config();
	const engine = await openEngine(context, createEventPrinter(context).listener);
	try {
		const configured = configuredSources(config).map(({source: {name, kind}}) => ({name, kind}));
		const sources = await context.interruptible(async signal => engine.sourceStatus(configured, {signal}));
		const [storage, keys] = await Promise.all([engine.storageUsage(), engine.keyStatus()]);
		output.value({
			sources: sources.map(source => ({
				...source,
				lastSuccess: source.lastSuccess ?? null,
				lastRun: source.lastRun ?? null,
				lastVerified: source.lastVerified ?? null,
				nextRun: null,
			})),
			keys: keys.keys,
			epochs: keys.epochs,
			rotateAfterDays: keys.rotateAfterDays,
			keyAge: keys.age,
			storage: [{url: storage.url, usedBytes: storage.usedBytes ?? null, freeBytes: storage.freeBytes ?? null, usedPercent: usedPercent(storage)}],
			alerts: [],
			schedule: [],
		});
		if (sources.length > 0) {
			await printSources(context, sources);
		} else {
			output.print('No sources are configured, and there are no snapshots yet. "coffer backup PATH" makes one.');
		}

		output.print();
		printRest(context, storage, keys);
		return 0;
	} finally {
		await engine.close();
	}
}
