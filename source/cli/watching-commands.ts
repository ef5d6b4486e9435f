import type {Command} from './command-table.ts';

const monitorCommand: Command = {
	usage: '',
	does: 'run all checks, raise alerts, and say what is wrong and what to do',
	details: 'Looks at sources, snapshots, storage, keys, the schedule, leftovers, permissions, clock and space. Ends with 20 for warnings, with 21 where something is critical.\n'
		+ 'A repository that cannot be reached is a finding. Waits for nobody, and writes nothing to the repository. What each finding means: docs/monitoring.md. "health" is the same command.',
	maximumArguments: 0,
	flags: {},
	load: async () => (await import('./commands/monitor.ts')).monitor,
};

/** Commands that watch over backups and tell of them; a part of the table of all. */
export const watchingCommands = {
	monitor: monitorCommand,
	health: {...monitorCommand, does: 'the same as monitor'},
	report: {
		usage: '[--since 7d]',
		does: 'what happened in the last days, as Markdown: runs, volumes, growth, jobs, alerts, verification, keys',
		maximumArguments: 0,
		flags: {
			since: {type: 'string', value: 'WHEN', does: 'from then on: a span such as 36h, 7d (default) or 4w, a date, or a time'},
		},
		load: async () => (await import('./commands/report.ts')).report,
	},
} satisfies Record<string, Command>;
