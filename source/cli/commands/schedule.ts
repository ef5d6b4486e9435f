import type {CommandContext} from '../command-line.ts';
import {runSubcommand, type Subcommand} from '../subcommands.ts';

const subcommands: Readonly<Record<string, Subcommand>> = {
	status: {load: async () => (await import('../schedule/status.ts')).scheduleStatus},
	install: {flags: ['cron', 'systemd', 'user', 'daemon', 'dryRun'], load: async () => (await import('../schedule/install.ts')).scheduleInstall},
	remove: {flags: ['dryRun'], load: async () => (await import('../schedule/remove.ts')).scheduleRemove},
	probe: {isHidden: true, load: async () => (await import('../schedule/probe.ts')).scheduleProbe},
	run: {argument: 'job', flags: ['ifDue', 'jitter', 'trigger'], load: async () => (await import('./schedule-run.ts')).scheduleRun},
	next: {flags: ['count'], load: async () => (await import('./schedule-next.ts')).scheduleNext},
};

/** `coffer schedule`. */
export async function schedule(context: CommandContext): Promise<number> {
	return runSubcommand(context, 'schedule', subcommands, 'status');
}
