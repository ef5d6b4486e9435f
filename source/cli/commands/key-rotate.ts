import path from 'node:path';
import {shortId, type KeyStatus} from '../../engine/index.ts';
import {formatAmount, formatBytes, formatDuration} from '../../text/format.ts';
import type {CommandContext} from '../command-line.ts';
import {createEventPrinter} from '../event-printing.ts';
import {openForRotation} from '../opened-for-rotation.ts';
import {isRotationDue, rotateOpened, type Rotated} from '../rotation.ts';

function ageOf({epochs}: KeyStatus): number {
	return epochs.find(({isActive}) => isActive)?.ageDays ?? 0;
}

/** What a rotation would do, as it stands now. */
function planOf({keys, epochs, rotation, writers = 0}: KeyStatus, isReencrypting: boolean) {
	const leaving = epochs.filter(({isActive}, index) => isActive ? rotation === undefined || index < epochs.length - 1 : index < epochs.findIndex(epoch => epoch.isActive));
	const sum = (of: (epoch: KeyStatus['epochs'][number]) => number | undefined) => leaving.reduce((total, epoch) => total + (of(epoch) ?? 0), 0);
	const others = keys.filter(({isOwn}) => !isOwn);
	const packs = sum(epoch => epoch.packs);
	return {
		isResumed: rotation !== undefined,
		followingSlots: others.length,
		recoverySlots: others.filter(({isRecovery}) => isRecovery).length,
		objects: sum(({objects = 0, packs: ownPacks = 0}) => objects - ownPacks),
		packs: isReencrypting || rotation === 'packs' ? packs : 0,
		bytes: isReencrypting || rotation === 'packs' ? sum(({packBytes}) => packBytes) : 0,
		writers,
	};
}

function printPlan({output}: CommandContext, {isResumed, followingSlots, recoverySlots, objects, packs, bytes, writers}: ReturnType<typeof planOf>): void {
	output.print(`${isResumed ? 'Would take up the rotation that is under way' : 'Would make a new epoch and a new key in the place of yours'}; ${followingSlots === 0 ? 'no other key follows' : `${formatAmount(followingSlots, 'other key follows', 'other keys follow')} without anybody doing anything`}.`);
	output.print(`Would bring ${formatAmount(objects, 'object')} under the new epoch${packs === 0 ? '; the packs stay as they are' : `, and write ${formatAmount(packs, 'pack')} anew, ${formatBytes(bytes)}`}.`);
	output.print(recoverySlots === 0 ? 'There is no recovery key: make one first with "coffer key export", so that it is proven that it follows.' : `Would prove that ${formatAmount(recoverySlots, 'recovery key')} ${recoverySlots === 1 ? 'follows' : 'follow'}.`);
	if (writers > 0) {
		output.print(`${formatAmount(writers, 'run is', 'runs are')} writing now: it would be waited for before the old epoch goes.`);
	}

	output.print('Nothing was changed.');
}

function printRotated({output}: CommandContext, {summary, keyFile, isInPlace}: Rotated): void {
	const {epoch, retired, followingSlots, recoverySlots, removedSlots, moved, packs, bytes, damagedPacks, isResumed, durationMs} = summary;
	output.note(`${isResumed ? 'The rotation went on and is done' : 'The key is rotated'}: epoch ${shortId(epoch)}${retired.length > 0 ? ` takes the place of ${retired.map(id => shortId(id)).join(', ')}` : ''}; ${formatAmount(moved, 'object')} moved${packs > 0 ? `, ${formatAmount(packs, 'pack')} (${formatBytes(bytes)}) written anew` : ''}, ${formatDuration(durationMs)}.`);
	output.note(`${formatAmount(followingSlots, 'other key follows', 'other keys follow')}${recoverySlots > 0 ? `, ${formatAmount(recoverySlots, 'recovery key')} among them, proven to open everything` : ''}.${removedSlots.length > 0 ? ` Removed: ${removedSlots.map(({label, id}) => `"${label}" (${shortId(id)})`).join(', ')}.` : ''}`);
	if (damagedPacks > 0) {
		output.note(`${formatAmount(damagedPacks, 'pack')} could not be written anew, being damaged or lost (named above). "coffer verify --read-data" says which files that affects.`);
	}

	if (keyFile === undefined) {
		output.note('The new passphrase opens everything, the old one nothing any more.');
	} else if (isInPlace) {
		output.note(`The key file ${keyFile} is the new one; the old one opens nothing any more, and was overwritten and deleted. Renew the copy that you keep elsewhere.`);
	} else {
		output.note(`The new key file is ${keyFile}: bring it now to where the key comes from. The old one opens nothing any more; delete it and its copies.`);
	}
}

/** `coffer key rotate`. */
export async function keyRotate(context: CommandContext): Promise<number> {
	const {arguments: flags, output, cwd} = context;
	const config = await context.config();
	const isReencrypting = flags.choice('reencrypt') ?? config?.keys?.reencrypt ?? false;
	const file = flags.text('newKeyFile');
	const newKeyFile = file === undefined ? undefined : path.resolve(cwd, file);
	const printer = createEventPrinter(context);
	const opened = await openForRotation(context, printer.listener, newKeyFile);
	try {
		const {engine, status} = opened;
		await engine.keys.assertOwner('rotate keys');
		if (flags.isSet('ifDue') && !isRotationDue(status)) {
			output.value({event: 'summary', isDue: false, ageDays: ageOf(status), rotateAfterDays: status.rotateAfterDays});
			output.note(`The active epoch is ${formatAmount(ageOf(status), 'day')} old and due at ${status.rotateAfterDays}: nothing to do.`);
			return 0;
		}

		if (flags.isSet('dryRun')) {
			const plan = planOf(await context.interruptible(async signal => engine.keys.status({isCounting: true, signal})), isReencrypting);
			output.value({event: 'summary', isDryRun: true, ...plan});
			printPlan(context, plan);
			return 0;
		}

		const rotated = await rotateOpened(context, opened, {newKeyFile, isReencrypting}, printer.listener);
		printer.clear();
		output.event({event: 'summary', ...rotated.summary, ...(rotated.keyFile !== undefined && {keyFile: rotated.keyFile})});
		printRotated(context, rotated);
		return rotated.summary.damagedPacks > 0 ? 13 : 0;
	} finally {
		printer.clear();
		await opened.close();
	}
}
