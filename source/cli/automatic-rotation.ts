import {isCofferError, shortId, type Engine} from '../engine/index.ts';
import type {CommandContext} from './command-line.ts';
import {exitCodeOf} from './exit-codes.ts';
import {openForRotation} from './opened-for-rotation.ts';
import type {EventPrinter} from './progress.ts';
import {isRotationDue, rotateOpened} from './rotation.ts';

/** How a rotation ended that nobody asked for: 0 and the new epoch, with 13 where packs were damaged; or the exit code of what went wrong, which is told by then. */
export type RotationOutcome = {readonly code: number; readonly epoch?: string};

/**
Rotate where the configuration says that it is done by itself and the key is old enough, or such a rotation was interrupted.
@param engine - Opened as ever; it is only looked at.
@returns `undefined` where nothing was to be done
@throws `aborted`
*/
export async function rotateByPolicy(context: CommandContext, engine: Engine, {listener}: EventPrinter): Promise<RotationOutcome | undefined> {
	const {output, log} = context;
	const config = await context.config();
	if (config?.keys?.rotate !== 'automatic' || !isRotationDue(await engine.keys.status())) {
		return undefined;
	}

	try {
		const opened = await openForRotation(context, listener);
		try {
			const {summary} = await rotateOpened(context, opened, {isReencrypting: config.keys.reencrypt ?? false}, listener);
			return {code: summary.damagedPacks > 0 ? 13 : 0, epoch: shortId(summary.epoch)};
		} finally {
			await opened.close();
		}
	} catch (error) {
		if (!isCofferError(error) || error.code === 'aborted') {
			throw error;
		}

		log.write('error', error.message, {code: error.code});
		output.error(error);
		return {code: exitCodeOf(error)};
	}
}
