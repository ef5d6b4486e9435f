import {commands, globalFlags, type Flags} from './command-table.ts';
import {byName, describeFlag} from './flag-names.ts';

function twoColumns(rows: ReadonlyArray<readonly [string, string]>): string {
	const width = Math.max(...rows.map(([left]) => left.length));
	return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}

function describeFlags(flags: Flags): string {
	return twoColumns([...byName(flags)].filter(([, flag]) => !flag.isHidden).map(([name, flag]) => [describeFlag(name, flag), flag.does]));
}

/** The help of one command, or of the program. */
export function helpText(command?: string): string {
	if (command === undefined) {
		return [
			'coffer: encrypted backups for small production servers',
			'',
			'Usage: coffer COMMAND [flags]',
			'',
			twoColumns(Object.entries(commands).map(([name, {does}]) => [name, does])),
			'',
			'"coffer COMMAND --help" says more. Without a command: the dashboard on a terminal, else the status. Flags for all:',
			'',
			describeFlags(globalFlags),
			'',
			'Environment: COFFER_CONFIG, COFFER_REPOSITORY, COFFER_KEY_FILE, COFFER_PASSPHRASE_FILE, COFFER_PASSPHRASE_FD, COFFER_PASSPHRASE_COMMAND, COFFER_PASSPHRASE, NO_COLOR.',
		].join('\n');
	}

	const {usage, does, details, flags} = commands[command]!;
	return [
		`coffer ${command}: ${does}`,
		'',
		`Usage: coffer ${command} ${usage}`.trimEnd(),
		...(details === undefined ? [] : ['', details]),
		...(Object.keys(flags).length === 0 ? [] : ['', describeFlags(flags)]),
		'',
		'Flags for all commands:',
		'',
		describeFlags(globalFlags),
	].join('\n');
}
