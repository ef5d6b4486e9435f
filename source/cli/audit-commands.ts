import {auditOperations} from '../engine/index.ts';
import type {Command} from './command-table.ts';

/** Commands about the audit log; a part of the table of all. */
export const auditCommands = {
	audit: {
		usage: '[show|verify|export] [FILE] [FLAGS]',
		does: 'who did what with the repository on this host, and whether that record is as it was written',
		details: 'show [--since WHEN] [--operation O]: the entries of the audit log, oldest first.\n'
			+ 'verify [--file FILE] [--accept NOTE]: whether entries were changed, removed, added or put elsewhere, against what this host\n'
			+ 'and the repository know of the log; names the first bad entry and ends with 13. --file: a log that was exported, on whatever host.\n'
			+ '--accept: somebody has looked into what is wrong; later changes are measured from there.\n'
			+ 'export [--since WHEN] FILE: the log as a new file that can be verified elsewhere, also without coffer: docs/audit-log.md.',
		maximumArguments: 2,
		flags: {
			since: {type: 'string', value: 'WHEN', does: 'show, export: only what is younger: a span such as 30m, 36h or 7d, a date, or a time'},
			operation: {type: 'string', value: 'O', choices: auditOperations, does: 'show: only this operation, such as backup, forget or key-rotate'},
			file: {type: 'string', value: 'FILE', does: 'verify: a log that was exported'},
			accept: {type: 'string', value: 'NOTE', does: 'verify: note what was found out, and go on from here'},
		},
		load: async () => (await import('./commands/audit.ts')).audit,
	},
} satisfies Record<string, Command>;
