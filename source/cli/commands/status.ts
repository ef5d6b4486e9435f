import type {KeyStatus, Overview, SourceOverview, SourceState, StorageOverview} from '../../engine/index.ts';
import {printAlert} from '../alert-printing.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {formatAge, formatAmount, formatBytes, formatCount} from '../../text/format.ts';
import {howToGoOn} from '../rotation-state.ts';
import {styled, type Piece, type Style} from '../output.ts';
import {configuredSources} from '../source-requests.ts';

const words: Readonly<Record<SourceState, readonly [string, Style]>> = {
	ok: ['OK', 'green'],
	partial: ['WARN', 'yellow'],
	stale: ['LATE', 'yellow'],
	failed: ['FAIL', 'red'],
	never: ['NEVER', 'red'],
};

async function printSources({output, runtime}: CommandContext, sources: readonly SourceOverview[]): Promise<void> {
	const now = runtime.now();
	const hasOthers = new Set(sources.map(({host}) => host)).size > 1;
	await output.table(['STATE', 'SOURCE', ...(hasOthers ? ['HOST'] : []), 'LAST OK', 'VERIFIED', 'SNAPSHOTS', 'SIZE'], sources.map(({name, host, state, lastSuccess, lastVerified, snapshots, bytes}): Piece[] => [
		styled(...words[state]), name, ...(hasOthers ? [host] : []), formatAge(lastSuccess, now), formatAge(lastVerified, now), formatCount(snapshots), formatBytes(bytes),
	]), {right: hasOthers ? [5, 6] : [4, 5]});
}

function printStorage({output}: CommandContext, {url, usedBytes, freeBytes, usedPercent, growthBytesPerDay}: StorageOverview): void {
	const space = freeBytes === undefined ? '' : `, ${formatBytes(freeBytes)} free${usedPercent === undefined ? '' : ` (the disk is ${usedPercent} % full)`}`;
	const growth = growthBytesPerDay === undefined || growthBytesPerDay <= 0 ? '' : `, ${formatBytes(growthBytesPerDay)} more every day`;
	output.print(`Repository  ${url}: ${usedBytes === undefined ? 'size unknown' : `${formatBytes(usedBytes)} used`}${space}${growth}`);
}

function printKey({output}: CommandContext, {epochs, rotateAfterDays, age, rotation}: KeyStatus): void {
	const active = epochs.find(({isActive}) => isActive);
	if (active) {
		const advice: Piece = age === 'ok' ? '' : styled(age === 'due' ? '  DUE: rotate it' : '  WARN: a rotation is due soon', age === 'due' ? 'red' : 'yellow');
		output.print(`Key         epoch ${active.id.slice(0, 8)}, ${formatAmount(active.ageDays, 'day')} of ${rotateAfterDays}`, advice);
	}

	if (rotation !== undefined) {
		output.print(`            ${howToGoOn(rotation)}`);
	}
}

/** The document of `--json`. */
function toJson({sources, keys, storage, alerts, activities, ratios}: Overview) {
	return {
		sources: sources.map(source => ({
			...source,
			lastSuccess: source.lastSuccess ?? null,
			lastRun: source.lastRun ?? null,
			lastVerified: source.lastVerified ?? null,
			nextRun: source.nextRun ?? null,
			classification: source.classification ?? null,
		})),
		keys: keys.keys,
		epochs: keys.epochs,
		rotateAfterDays: keys.rotateAfterDays,
		keyAge: keys.age,
		rotation: keys.rotation ?? null,
		storage: storage.map(place => ({...place, usedBytes: place.usedBytes ?? null, freeBytes: place.freeBytes ?? null, usedPercent: place.usedPercent ?? null})),
		ratios,
		alerts: alerts.map(({key, kind, severity, object, message, cause, nextStep, firstSeen, lastSeen, acknowledged}) => ({
			key, kind, severity, object, message, cause: cause ?? null, nextStep, firstSeen, lastSeen, acknowledged: acknowledged ?? null,
		})),
		activities,
		schedule: [],
	};
}

/** `coffer status`. Alerts are shown; its exit code tells nothing of them. */
export async function status(context: CommandContext): Promise<number> {
	const {output} = context;
	const config = await context.config();
	const engine = await openEngine(context, createEventPrinter(context).listener);
	try {
		const configured = configuredSources(config).map(({source: {name, kind}}) => ({name, kind}));
		const overview = await context.interruptible(async signal => engine.overview(configured, {signal}));
		output.value(toJson(overview));
		if (overview.sources.length > 0) {
			await printSources(context, overview.sources);
		} else {
			output.print('No sources are configured, and there are no snapshots yet. "coffer backup PATH" makes one.');
		}

		output.print();
		for (const place of overview.storage) {
			printStorage(context, place);
		}

		printKey(context, overview.keys);
		if (overview.alerts.length > 0) {
			output.print();
		}

		for (const alert of overview.alerts) {
			printAlert(context, alert);
		}

		return 0;
	} finally {
		await engine.close();
	}
}
