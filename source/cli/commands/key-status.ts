import type {EpochInfo, KeyInfo, KeyStatus} from '../../engine/index.ts';
import {formatAge, formatAmount, formatBytes, formatCount, formatTime} from '../../text/format.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {styled} from '../output.ts';
import {howToGoOn} from '../rotation-state.ts';

type EpochState = 'active' | 'announced' | 'retiring';

/** Epochs stand in the order in which they were made: those before the active one are on their way out. */
function epochState(epochs: readonly EpochInfo[], index: number): EpochState {
	const active = epochs.findIndex(({isActive}) => isActive);
	return index === active ? 'active' : (index < active ? 'retiring' : 'announced');
}

function factorsText({factors = []}: KeyInfo): string {
	return factors.length === 0 ? 'nothing: its file is lost' : factors.map(factor => factor === 'key-file' ? 'key file' : 'passphrase').join(' and ');
}

function noteText({isOwn, isRecovery, checked, replaces}: KeyInfo, nowMs: number): string {
	return [
		...(isOwn ? ['in use here'] : []),
		...(isRecovery ? [`recovery, ${checked === undefined ? 'never checked here' : `checked ${formatAge(checked, nowMs)}`}`] : []),
		...(replaces === undefined ? [] : [`takes the place of ${replaces.slice(0, 8)}`]),
	].join('; ');
}

async function printKeys({output, runtime}: CommandContext, {keys}: KeyStatus): Promise<void> {
	const now = runtime.now();
	await output.table(['KEY', 'LABEL', 'ROLE', 'OPENED BY', 'MADE', 'EXPIRES', 'LAST USED', ''], keys.map(key => {
		const {id, label, role, created, expires, lastUsed} = key;
		const expiry = expires === undefined ? 'never' : (Date.parse(expires) <= now ? styled('expired', 'red') : formatTime(expires));
		return [id.slice(0, 8), label, role, factorsText(key), formatTime(created), expiry, formatAge(lastUsed, now), noteText(key, now)];
	}));
}

async function printEpochs({output}: CommandContext, {epochs, rotateAfterDays, warnAfterDays, age, rotation}: KeyStatus): Promise<void> {
	await output.table(['EPOCH', 'MADE', 'AGE', 'OBJECTS', 'PACKS', 'SIZE', ''], epochs.map(({id, created, ageDays, objects = 0, packs = 0, packBytes = 0}, index) => {
		const state = epochState(epochs, index);
		return [id.slice(0, 8), formatTime(created), formatAmount(ageDays, 'day'), formatCount(objects), formatCount(packs), formatBytes(packBytes), state === 'retiring' ? `retiring: ${formatAmount(objects, 'object')} left` : state];
	}), {right: [2, 3, 4, 5]});
	if (rotation !== undefined) {
		output.print(styled('rotation', 'yellow'), ` ${howToGoOn(rotation)}`);
	} else if (age === 'due') {
		output.print(styled('due', 'red'), ` The active epoch is ${rotateAfterDays} days old or older: rotate the key with "coffer key rotate".`);
	} else if (age === 'warn') {
		output.print(styled('warning', 'yellow'), ` The active epoch is ${warnAfterDays} days old or older: a rotation is due at ${rotateAfterDays} days.`);
	}
}

async function show(context: CommandContext, print: (status: KeyStatus) => Promise<void>): Promise<number> {
	const engine = await openEngine(context, createEventPrinter(context).listener);
	try {
		await print(await context.interruptible(async signal => engine.keys.status({isCounting: true, signal})));
		return 0;
	} finally {
		await engine.close();
	}
}

/** `coffer key list`. */
export async function keyList(context: CommandContext): Promise<number> {
	return show(context, async status => {
		context.output.value(status.keys);
		await printKeys(context, status);
	});
}

/** `coffer key status`. */
export async function keyStatus(context: CommandContext): Promise<number> {
	return show(context, async status => {
		const {keys, epochs, rotateAfterDays, warnAfterDays, age, rotation, writers} = status;
		context.output.value({
			keys,
			epochs: epochs.map((epoch, index) => ({...epoch, state: epochState(epochs, index)})),
			rotateAfterDays, warnAfterDays, age, rotation: rotation ?? null, writers,
		});
		await printKeys(context, status);
		context.output.print();
		await printEpochs(context, status);
	});
}
