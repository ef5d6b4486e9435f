import type {CommandContext} from '../command-line.ts';
import {runSubcommand, type Subcommand} from '../subcommands.ts';

const subcommands: Readonly<Record<string, Subcommand>> = {
	run: {argument: 'job', flags: ['ifDue', 'jitter', 'trigger'], load: async () => (await import('./schedule-run.ts')).scheduleRun},
	next: {flags: ['count'], load: async () => (await import('./schedule-next.ts')).scheduleNext},
};

/** `coffer schedule`. */
export async function schedule(context: CommandContext): Promise<number> {
	return runSubcommand(context, 'schedule', subcommands, 'next');
}
