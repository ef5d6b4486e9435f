import {shortId, type Engine} from '../engine/index.ts';
import type {CommandContext} from './command-line.ts';
import {openForRotation} from './opened-for-rotation.ts';
import type {EventPrinter} from './progress.ts';
import {isRotationDue, rotateOpened} from './rotation.ts';

/** How a rotation ended that nobody asked for: 0, or 13 where packs were damaged; and the new epoch. */
export type RotationOutcome = {readonly code: number; readonly epoch: string};

/**
Rotate where the configuration says that it is done by itself and the key is old enough, or such a rotation was interrupted.
@param engine - Opened as ever; it is only looked at.
@returns `undefined` where nothing was to be done
@throws what opening the repository and the rotation throw
*/
export async function rotateByPolicy(context: CommandContext, engine: Engine, {listener}: EventPrinter): Promise<RotationOutcome | undefined> {
	const config = await context.config();
	if (config?.keys?.rotate !== 'automatic' || !isRotationDue(await engine.keys.status())) {
		return undefined;
	}

	const opened = await openForRotation(context, listener);
	try {
		const {summary} = await rotateOpened(context, opened, {isReencrypting: config.keys.reencrypt ?? false}, listener);
		return {code: summary.damagedPacks > 0 ? 13 : 0, epoch: shortId(summary.epoch)};
	} finally {
		await opened.close();
	}
}
