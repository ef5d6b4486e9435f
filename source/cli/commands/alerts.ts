import type {CommandContext} from '../command-line.ts';
import {runSubcommand, type Subcommand} from '../subcommands.ts';

const subcommands: Readonly<Record<string, Subcommand>> = {
	list: {flags: ['all', 'since'], load: async () => (await import('../alerts/list.ts')).listAlerts},
	ack: {argument: 'key', flags: ['all', 'note', 'undo'], load: async () => (await import('../alerts/acknowledge.ts')).acknowledgeAlerts},
	test: {argument: 'channel', load: async () => (await import('../alerts/try-channels.ts')).tryChannels},
};

/** `coffer alerts`. */
export async function alerts(context: CommandContext): Promise<number> {
	return runSubcommand(context, 'alerts', subcommands, 'list');
}
