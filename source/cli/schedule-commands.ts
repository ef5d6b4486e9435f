import {jobTriggers} from '../engine/index.ts';
import type {Command} from './command-table.ts';

/** Commands about the jobs of the schedule; a part of the table of all. */
export const scheduleCommands = {
	schedule: {
		usage: 'run|next [JOB] [FLAGS]',
		does: 'the jobs: run one, see when they run next',
		details: 'run JOB [--if-due] [--jitter]: one job of the configuration, or one that is there by itself (daily, weekly, monthly, verify …); one line says how it went.\n'
			+ 'With --if-due it ends with 0 when nothing is due.\n'
			+ 'next [--count N]: when each job begins the next times.',
		maximumArguments: 2,
		flags: {
			ifDue: {type: 'boolean', does: 'run: only when it is due; of a backup only the sources that lack a snapshot'},
			jitter: {type: 'boolean', does: 'run: first wait for the jitter of this host, as the configuration has it'},
			trigger: {type: 'string', value: 'T', choices: jobTriggers, does: 'run: who began it', isHidden: true},
			count: {type: 'string', value: 'N', does: 'next: so many times of each job (default: 1)'},
		},
		load: async () => (await import('./commands/schedule.ts')).schedule,
	},
} satisfies Record<string, Command>;
