import {jobTriggers} from '../engine/index.ts';
import type {Command} from './command-table.ts';

/** Commands about the jobs of the schedule; a part of the table of all. */
export const scheduleCommands = {
	schedule: {
		usage: 'status|install|remove|run|next [JOB] [FLAGS]',
		does: 'the jobs: have cron or systemd start them, run one, see when they run next',
		details: 'status: what starts the jobs, whether that agrees with the configuration, and when each ran and runs.\n'
			+ 'install [--cron|--systemd|--daemon] [--user] [--dry-run]: have the jobs started by cron, by timers of systemd or by the daemon as its service;\n'
			+ 'without a flag by what is here. First it is tried without this shell.\n'
			+ 'remove [--dry-run]: take that away, and nothing else.\n'
			+ 'run JOB [--if-due] [--jitter]: one job of the configuration, or one that is there by itself (daily, weekly, monthly, verify …); one line says how it went.\n'
			+ 'With --if-due it ends with 0 when nothing is due.\n'
			+ 'next [--count N]: when each job begins the next times.',
		maximumArguments: 2,
		flags: {
			cron: {type: 'boolean', does: 'install: lines in the crontab of this user'},
			systemd: {type: 'boolean', does: 'install: timers of systemd'},
			daemon: {type: 'boolean', does: 'install: "coffer daemon" as a service of systemd, instead of timers'},
			user: {type: 'boolean', does: 'install: units of this user, for root, too'},
			dryRun: {type: 'boolean', does: 'install, remove: say what would be written; change nothing'},
			ifDue: {type: 'boolean', does: 'run: only when it is due; of a backup only the sources that lack a snapshot'},
			jitter: {type: 'boolean', does: 'run: first wait for the jitter of this host, as the configuration has it'},
			trigger: {type: 'string', value: 'T', choices: jobTriggers, does: 'run: who began it', isHidden: true},
			count: {type: 'string', value: 'N', does: 'next: so many times of each job (default: 1)'},
		},
		load: async () => (await import('./commands/schedule.ts')).schedule,
	},
	daemon: {
		usage: '[--grace SECONDS]',
		does: 'run the jobs as they become due, in the foreground',
		details: 'For a service manager, a container or a terminal. What was missed is made up for at the start; each job is a process of its own, and one line on stdout says how it ended.\n'
			+ 'SIGHUP reads the configuration again. SIGTERM ends it: jobs that run are asked to end, safely, and have --grace seconds; a second signal ends everything at once.\n'
			+ 'One process of this host holds the schedule; a second one ends with 11.',
		maximumArguments: 0,
		flags: {
			grace: {type: 'string', value: 'SECONDS', does: 'so long jobs have to end by themselves when the daemon is to end (default: 90)'},
		},
		load: async () => (await import('./commands/daemon.ts')).daemon,
	},
} satisfies Record<string, Command>;
