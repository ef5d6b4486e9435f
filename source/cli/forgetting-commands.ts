import type {Command} from './command-table.ts';

/** Commands that make a repository smaller; a part of the table of all. */
export const forgettingCommands = {
	forget: {
		usage: 'ID… [--dry-run]',
		does: 'forget snapshots for good',
		details: 'Needs an owner\'s key. The space comes back with "coffer prune".',
		flags: {
			dryRun: {type: 'boolean', does: 'say what would be forgotten; change nothing'},
		},
		load: async () => (await import('./commands/forget.ts')).forget,
	},
	prune: {
		usage: '[--dry-run] [--max-repack SIZE] [--no-retention] [--trust-clock]',
		does: 'forget snapshots by the rules of retention, and free the space of what no snapshot needs',
		details: 'Needs an owner\'s key. By default daily snapshots stay for 30 days, weekly and monthly ones for 90; those made by hand, and the last good one of each source, stay.\n'
			+ 'Backups may run meanwhile. Rules, and what is promised where clocks go wrong: docs/retention.md.',
		maximumArguments: 0,
		flags: {
			dryRun: {type: 'boolean', does: 'say of every snapshot whether it would stay and why, and what would be freed; change nothing'},
			maxRepack: {type: 'string', value: 'SIZE', does: 'write at most so much anew of packs that are mostly unneeded, such as 2G; 0: none (default: no limit)'},
			retention: {type: 'boolean', isOnByDefault: true, does: 'forget nothing; only free what no snapshot needs'},
			trustClock: {type: 'boolean', does: 'this machine\'s clock is right, whatever speaks against it'},
		},
		load: async () => (await import('./commands/prune.ts')).prune,
	},
} satisfies Record<string, Command>;
