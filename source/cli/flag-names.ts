import type {Flag, Flags} from './command-table.ts';

/** `keyFile` → `key-file`. */
export function toFlagName(key: string): string {
	return key.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}

/** The flags by the names that people type. */
export function byName(flags: Flags): Map<string, Flag> {
	return new Map(Object.entries(flags).map(([key, flag]) => [toFlagName(key), flag]));
}

/** How a flag looks in the help: `--read-data[=SHARE]`. */
export function describeFlag(name: string, flag: Flag): string {
	if (flag.isOnByDefault) {
		return `--no-${name}`;
	}

	const value = flag.value ?? 'VALUE';
	return flag.type === 'boolean' ? `--${name}` : (flag.bareValue === undefined ? `--${name} ${value}` : `--${name}[=${value}]`);
}
