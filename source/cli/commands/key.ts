import type {CommandContext} from '../command-line.ts';
import {runSubcommand, type Subcommand} from '../subcommands.ts';

const subcommands: Readonly<Record<string, Subcommand>> = {
	status: {load: async () => (await import('./key-status.ts')).keyStatus},
	list: {load: async () => (await import('./key-status.ts')).keyList},
	rotate: {flags: ['reencrypt', 'ifDue', 'newKeyFile', 'dryRun'], load: async () => (await import('./key-rotate.ts')).keyRotate},
	add: {flags: ['role', 'label', 'expires', 'newKeyFile', 'newPassphrase'], load: async () => (await import('./key-add.ts')).keyAdd},
	remove: {argument: 'key', flags: ['yes'], load: async () => (await import('./key-remove.ts')).keyRemove},
	export: {argument: 'file', flags: ['label', 'passphrase', 'codeFile', 'codeFd'], load: async () => (await import('./key-export.ts')).keyExport},
	import: {argument: 'file', flags: ['newKeyFile'], load: async () => (await import('./key-import.ts')).keyImport},
	check: {argument: 'file', load: async () => (await import('./key-check.ts')).keyCheck},
};

/** `coffer key`. */
export async function key(context: CommandContext): Promise<number> {
	return runSubcommand(context, 'key', subcommands, 'status');
}
