import type {CommandContext} from '../command-line.ts';
import {runSubcommand, type Subcommand} from '../subcommands.ts';

const subcommands: Readonly<Record<string, Subcommand>> = {
	show: {flags: ['since', 'operation'], load: async () => (await import('./audit-show.ts')).auditShow},
	verify: {flags: ['file', 'accept'], load: async () => (await import('./audit-verify.ts')).auditVerify},
	export: {argument: 'file', flags: ['since'], load: async () => (await import('./audit-export.ts')).auditExport},
};

/** `coffer audit`. */
export async function audit(context: CommandContext): Promise<number> {
	return runSubcommand(context, 'audit', subcommands, 'show');
}
