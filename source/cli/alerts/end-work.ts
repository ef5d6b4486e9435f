import {isCofferError, type Engine, type JobKind} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import type {LoadedConfig} from '../config.ts';

/** Whether anybody is to be told of alerts. */
export const hasChannels = (config: LoadedConfig | undefined): boolean => Object.keys(config?.alerts?.channels ?? {}).length > 0;

/** How work by hand ended. */
export type EndedWork = {
	/** Still open; not there where it never was. */
	readonly engine: Engine | undefined;
	/** Why it failed. */
	readonly error?: unknown;
};

/**
End work by hand, such as a backup: find out what is wrong now, tell of it at once, without waiting for the monitor, and close the engine. Never fails for the telling; where nobody is to be told, and after an interruption, it only closes.
@throws what closing throws
*/
export async function endWork(context: CommandContext, {engine, error}: EndedWork): Promise<void> {
	try {
		if (!isCofferError(error, 'aborted', 'usage') && hasChannels(await context.config())) {
			const {tellAfterWork} = await import('./after-work.ts');
			await tellAfterWork(context, {engine, error});
		}
	} finally {
		await engine?.close();
	}
}

/**
The same after a job that has remembered how it ended. A monitor has found out, and told, by itself, unless it failed.
*/
export async function endJob(context: CommandContext, {kind, outcome}: {readonly kind: JobKind; readonly outcome: string}): Promise<void> {
	if (outcome !== 'interrupted' && (kind !== 'monitor' || outcome === 'failed') && hasChannels(await context.config())) {
		const {tellAfterJob} = await import('./after-work.ts');
		await tellAfterJob(context);
	}
}
