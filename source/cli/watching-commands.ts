import {logChannels, logLevels} from '../logs/channel.ts';
import type {Command} from './command-table.ts';

const monitorCommand: Command = {
	usage: '[--trust-program]',
	does: 'run all checks, raise alerts, and say what is wrong and what to do',
	details: 'Looks at sources, snapshots, storage, keys, the schedule, leftovers, permissions, clock, space and the files of this program.\n'
		+ 'Ends with 20 for warnings, with 21 where something is critical. A repository that cannot be reached is a finding. Waits for nobody, and writes nothing to the repository.\n'
		+ 'What each finding means: docs/monitoring.md; what to do: docs/runbooks/. "health" is the same command.',
	maximumArguments: 0,
	flags: {
		trustProgram: {type: 'boolean', does: 'this program\'s files are as they should be: remember them as they are'},
	},
	load: async () => (await import('./commands/monitor.ts')).monitor,
};

/** Commands that watch over backups and tell of them; a part of the table of all. */
export const watchingCommands = {
	monitor: monitorCommand,
	health: {...monitorCommand, does: 'the same as monitor'},
	alerts: {
		usage: '[list|ack|test] [KEY|CHANNEL…] [--all] [--since WHEN] [--note TEXT] [--undo]',
		does: 'alerts that are open, and what happened to all; take note of one; try the channels that tell of them',
		details: 'list (or nothing): the open ones; with --all or --since what happened to alerts, the newest last.\n'
			+ 'ack KEY: somebody has seen it, so that nobody is told again until it is worse; a part of its key is enough, --all means each. --undo takes that back.\n'
			+ 'test: send a test on every channel of the configuration, or on those that are named, and say how that went; ends with 1 where one failed.\n'
			+ 'Needs no key, and does not open the repository. How alerts are told: docs/monitoring.md.',
		flags: {
			all: {type: 'boolean', does: 'list: what happened to all alerts; ack: all that are open'},
			since: {type: 'string', value: 'WHEN', does: 'list: what happened from then on: a span such as 30m, 2h or 7d, a date, or a time'},
			note: {type: 'string', value: 'TEXT', does: 'ack: what others are to know'},
			undo: {type: 'boolean', does: 'ack: take it back'},
		},
		load: async () => (await import('./commands/alerts.ts')).alerts,
	},
	metrics: {
		usage: '[--file PATH]',
		does: 'how things stand, as metrics for Prometheus',
		details: 'In the text format that node_exporter reads from files; docs/metrics.md has all of them. A repository that cannot be opened is told by coffer_up, with what this host remembers.\n'
			+ 'With "metrics": {"file": PATH} in the configuration the job "monitor" writes them there each time. Waits for nobody, and writes nothing to the repository.',
		maximumArguments: 0,
		flags: {
			file: {type: 'string', value: 'PATH', does: 'put them into this file, as a whole, readable by everybody; it must end with .prom'},
		},
		load: async () => (await import('./commands/metrics.ts')).metrics,
	},
	report: {
		usage: '[--since 7d] [--format markdown|html|json] [--output FILE]',
		does: 'what happened in the last days: runs, volumes, growth, jobs, alerts and how fast they were seen to, verification, keys',
		maximumArguments: 0,
		flags: {
			since: {type: 'string', value: 'WHEN', does: 'from then on: a span such as 36h, 7d (default) or 4w, a date, or a time'},
			format: {type: 'string', value: 'FORM', choices: ['markdown', 'html', 'json'], does: 'markdown (default), html (one page with charts, for a browser or to print) or json'},
			output: {type: 'string', value: 'FILE', does: 'put it into this file, in the place of one that is there; of mode 0600'},
		},
		load: async () => (await import('./commands/report.ts')).report,
	},
	logs: {
		usage: `[${logChannels.join('|')}]… [--follow] [--lines N] [--since WHEN] [--level LEVEL] [--source S] [--run ID]`,
		does: 'show the logs, or follow them',
		details: 'All logs together by time, the newest last, or only those that are named:\n'
			+ 'backup (what is done with backups), cron (the schedule), monitor (what monitoring finds) and security (keys, and what was refused or forgotten).\n'
			+ 'Shows the newest 100 lines; with --since or --run all of them. With --json each line as it stands in its file, with its channel. Needs neither repository nor key.',
		flags: {
			follow: {type: 'boolean', does: 'go on with what is written, until Ctrl-C (130)'},
			lines: {type: 'string', value: 'N', does: 'so many lines at most, 0 to 100000 (default: 100)'},
			since: {type: 'string', value: 'WHEN', does: 'only what is younger: a span such as 30m, 2h or 7d, a date, or a time'},
			level: {type: 'string', value: 'LEVEL', choices: logLevels, does: 'this level or a more important one: debug, info, warn, error'},
			source: {type: 'string', value: 'S', does: 'only lines about this source'},
			run: {type: 'string', value: 'ID', does: 'only lines of this run of the program, or of those whose ids begin so'},
		},
		load: async () => (await import('./commands/logs.ts')).logs,
	},
} satisfies Record<string, Command>;
