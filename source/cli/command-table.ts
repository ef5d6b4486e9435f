import {roles} from '../engine/index.ts';
import {auditCommands} from './audit-commands.ts';
import type {RunCommand} from './command-line.ts';
import {forgettingCommands} from './forgetting-commands.ts';
import {scheduleCommands} from './schedule-commands.ts';
import {watchingCommands} from './watching-commands.ts';

/** One flag. Its name is the key under which it stands, in camelCase. */
export type Flag = {
	readonly type: 'boolean' | 'string';
	/** What stands for the value in the help. */
	readonly value?: string;
	/** May be given several times. @default false */
	readonly isMultiple?: boolean;
	/** The value that the bare flag stands for; without it the flag needs one. */
	readonly bareValue?: string;
	readonly choices?: readonly string[];
	readonly does: string;
	/** Of a boolean flag: it is on unless `--no-…` is given, which is what the help shows. @default false */
	readonly isOnByDefault?: boolean;
	/** Not shown in the help. */
	readonly isHidden?: boolean;
};

export type Flags = Readonly<Record<string, Flag>>;

export type Command = {
	/** What follows the name. */
	readonly usage: string;
	/** One line. */
	readonly does: string;
	/** More, for the command's own help. */
	readonly details?: string;
	/** How many arguments it takes at most. @default any number */
	readonly maximumArguments?: number;
	readonly flags: Flags;
	readonly load: () => Promise<RunCommand>;
};

export const globalFlags: Flags = {
	config: {type: 'string', value: 'FILE', does: 'the configuration file'},
	repository: {type: 'string', value: 'URL', does: 'the repository: a folder'},
	keyFile: {type: 'string', value: 'FILE', does: 'the key file'},
	json: {type: 'boolean', does: 'print JSON'},
	quiet: {type: 'boolean', does: 'print results and errors only'},
	verbose: {type: 'boolean', does: 'print and log more'},
	color: {type: 'boolean', isOnByDefault: true, does: 'no colours'},
	plain: {type: 'boolean', does: 'plain text, never a screen or a bar'},
	headless: {type: 'boolean', does: 'never a screen, a prompt or colours'},
	help: {type: 'boolean', does: 'print help'},
	version: {type: 'boolean', does: 'print the version'},
	embeddedDefault: {type: 'boolean', does: 'for npm start', isHidden: true},
};

const archiveKeyFlag: Flag = {type: 'string', value: 'FILE', does: 'the key file of the archives, as "openssl -pass file:FILE" reads it; without it a passphrase (from COFFER_ARCHIVE_PASSPHRASE_FILE and the like, or asked for)'};
const classFlag: Flag = {type: 'string', value: 'CLASS', choices: ['manual', 'daily', 'weekly', 'monthly'], does: 'manual (default), daily, weekly or monthly'};
const tagFlag: Flag = {type: 'string', value: 'T', isMultiple: true, does: 'mark the snapshot; repeatable'};
const threadsFlag: Flag = {type: 'string', value: 'N', does: 'worker threads for much work, 1 to 32 (default: as many as there are processors, at most 8)'};

const overwritePolicies = ['never', 'keep-both', 'if-changed', 'if-newer', 'always'] as const;

/** Every command of this version. The README's table is made from this. */
export const commands: Readonly<Record<string, Command>> = {
	init: {
		usage: '[--passphrase] [--defaults]',
		does: 'make a repository, a key file and a configuration',
		details: 'What exists is never overwritten. Without --repository and --key-file everything goes to the usual places, which it names.\n'
			+ 'With --passphrase a passphrase opens the repository instead of a key file; with --key-file besides, both are needed together.\n'
			+ 'Sources found on this machine are proposed; --defaults takes them without a question.',
		maximumArguments: 0,
		flags: {
			passphrase: {type: 'boolean', does: 'protect the repository by a passphrase (from COFFER_PASSPHRASE_FILE and the like, or asked for)'},
			defaults: {type: 'boolean', does: 'take the sources that are found; ask nothing'},
		},
		load: async () => (await import('./commands/init.ts')).init,
	},
	backup: {
		usage: '[SOURCE|PATH…] [--class CLASS] [--tag T]… [--no-deltas] [--verify-writes] [--limit-upload RATE] [--threads N] [--dry-run]',
		does: 'back up the configured sources, or paths',
		details: 'Without an argument: every configured source, one snapshot each. An argument that holds a "/" (or is "." or "..") is a path; all paths given together become one snapshot,\n'
			+ 'whose source is called by the absolute path (several: sorted, joined by commas), so that "latest:/etc" finds it again.',
		flags: {
			class: classFlag,
			tag: tagFlag,
			deltas: {type: 'boolean', isOnByDefault: true, does: 'store changed parts of files whole, not as differences to what is stored already'},
			verifyWrites: {type: 'boolean', does: 'decrypt and hash all that is packed before it is stored, not just a share of the file contents; for machines whose memory you do not trust'},
			limitUpload: {type: 'string', value: 'RATE', does: 'send at most so much a second to the repository, such as 500k or 20M'},
			threads: threadsFlag,
			dryRun: {type: 'boolean', does: 'say what would be done; store nothing'},
		},
		load: async () => (await import('./commands/backup.ts')).backup,
	},
	snapshots: {
		usage: '[--source S]',
		does: 'list the snapshots',
		maximumArguments: 0,
		flags: {
			source: {type: 'string', value: 'S', does: 'only those of this source'},
		},
		load: async () => (await import('./commands/snapshots.ts')).snapshots,
	},
	show: {
		usage: 'ID|latest[:SOURCE]',
		does: 'everything known about one snapshot',
		maximumArguments: 1,
		flags: {},
		load: async () => (await import('./commands/show.ts')).show,
	},
	ls: {
		usage: 'ID|latest[:SOURCE] [PATH] [--recursive]',
		does: 'list what is in a snapshot',
		details: 'Mode, owner, size, time and name of each entry. PATH counts from the root of the snapshot; links are not followed.',
		maximumArguments: 2,
		flags: {
			recursive: {type: 'boolean', does: 'also what is below folders'},
		},
		load: async () => (await import('./commands/ls.ts')).ls,
	},
	find: {
		usage: 'PATTERN [--snapshot ID]… [--source S]',
		does: 'find files in all snapshots, with their versions',
		details: 'PATTERN is as in .gitignore: without a "/" it is about names, else about whole paths; or a name or path as it is. One line a version, with the snapshots that have it.',
		maximumArguments: 1,
		flags: {
			snapshot: {type: 'string', value: 'ID', isMultiple: true, does: 'only in this snapshot; repeatable'},
			source: {type: 'string', value: 'S', does: 'only in snapshots of this source'},
		},
		load: async () => (await import('./commands/find.ts')).find,
	},
	diff: {
		usage: 'ID ID',
		does: 'what changed from one snapshot to another',
		details: '+ added, - removed, M other content, T another type of file, U other metadata only.',
		maximumArguments: 2,
		flags: {},
		load: async () => (await import('./commands/diff.ts')).diff,
	},
	cat: {
		usage: 'ID|latest[:SOURCE] PATH [--raw]',
		does: 'print a file of a snapshot',
		details: 'The bytes go to stdout as they are, each checked before. On a terminal control characters are shown as escapes, unless --raw is given.',
		maximumArguments: 2,
		flags: {
			raw: {type: 'boolean', does: 'the very bytes, also to a terminal'},
		},
		load: async () => (await import('./commands/cat.ts')).cat,
	},
	...forgettingCommands,
	verify: {
		usage: '[ID…] [--read-data[=5%|2G|3/30]] [--against-source] [--threads N]',
		does: 'check that everything is there and intact',
		details: 'Without --read-data the structure is checked: every object that says what is where, and that each pack is there in full size. With it the data is decrypted and hashed,\n'
			+ 'all of it, or a share that is chosen anew each time, or one part of several, which together are all. IDs as for restore; without one all snapshots are checked.\n'
			+ 'With --against-source files are compared with the snapshot by size, time and content. What was changed since is listed; content that differs though nobody changed the file is damage (13).',
		flags: {
			readData: {type: 'string', value: 'SHARE', bareValue: 'all', does: 'read, decrypt and hash the data: all, or a share such as 5%, 2G or 3/30 (the third of 30 parts)'},
			againstSource: {type: 'boolean', does: 'compare with what is on disk now, instead: the newest snapshot of each source, or IDs'},
			threads: threadsFlag,
		},
		load: async () => (await import('./commands/verify.ts')).verify,
	},
	restore: {
		usage: 'ID|latest[:SOURCE] [--target DIR] [--include P]… [--exclude P]… [--overwrite POLICY] [--delete] [--into URL] [--checksums] [--threads N] [--dry-run]',
		does: 'restore a snapshot, or parts of it',
		details: 'Files go below DIR by their full path: /etc/hosts to DIR/etc/hosts. Without --target they go to where they came from; then nothing that exists can be replaced or deleted\n'
			+ 'unless "--target /" says so. Patterns are as in .gitignore, or paths in the snapshot.\n'
			+ 'With --into a dump of a database is loaded into the server at URL (postgresql://USER@HOST:PORT/DATABASE or mysql://…), and the rows of every table are counted afterwards.\n'
			+ 'The database is created when missing; one that is not empty is replaced only with --overwrite always. --include names databases, where the snapshot has several.',
		flags: {
			target: {type: 'string', value: 'DIR', does: 'restore below this folder; made when missing'},
			include: {type: 'string', value: 'P', isMultiple: true, does: 'only what matches; repeatable'},
			exclude: {type: 'string', value: 'P', isMultiple: true, does: 'not what matches; repeatable'},
			overwrite: {type: 'string', value: 'POLICY', choices: overwritePolicies, does: 'what to do with files that exist: never (default), keep-both, if-changed, if-newer, always'},
			delete: {type: 'boolean', does: 'delete from restored folders what the snapshot does not have'},
			into: {type: 'string', value: 'URL', does: 'load dumps into this database server instead; without a password in it'},
			intoPasswordFile: {type: 'string', value: 'FILE', does: 'the password for --into (default: ~/.pgpass or ~/.my.cnf)'},
			checksums: {type: 'boolean', does: 'with --into: compare a checksum of every table besides its rows'},
			threads: threadsFlag,
			dryRun: {type: 'boolean', does: 'say what would be done; change nothing'},
		},
		load: async () => (await import('./commands/restore.ts')).restore,
	},
	import: {
		usage: 'FILE… [--dry-run] [--target DIR] [--archive-key FILE] [--iterations N] [--class CLASS] [--tag T]…',
		does: 'take over archives of "openssl enc": verify, restore, or make snapshots of them',
		details: 'FILE is an archive of tar, gzip and "openssl enc -aes-256-cbc -salt", or a dump in the same (.tar.gz.enc, .sql.enc, .sql.gz.enc). How its key was derived is found out by trying.\n'
			+ 'Each becomes a snapshot of the time in its name (NAME-YYYYMMDD-HHMMSS.…), of the source NAME; one that is there already is skipped. --dry-run and --target need no repository.\n'
			+ 'Such archives are not authenticated: what opens without a complaint was not damaged by accident, but may have been changed on purpose.',
		flags: {
			dryRun: {type: 'boolean', does: 'decrypt and unpack everything, and say what is in it; store nothing'},
			target: {type: 'string', value: 'DIR', does: 'restore below this folder instead; nothing that is there is replaced'},
			archiveKey: archiveKeyFlag,
			iterations: {type: 'string', value: 'N', does: 'the iterations that -pbkdf2 was given (default: 100000, 10000 and 600000 are tried, and the derivations without it)'},
			class: classFlag,
			tag: tagFlag,
		},
		load: async () => (await import('./commands/import.ts')).importArchives,
	},
	export: {
		usage: 'ID|latest[:SOURCE] [--target DIR|FILE] [--archive-key FILE]',
		does: 'write a snapshot as an archive that openssl and tar read',
		details: 'The archive NAME-YYYYMMDD-HHMMSS.tar.gz.enc, its SHA-256 and a description that says how to unpack it, all of mode 600, into DIR (default: the current folder), or as FILE. Nothing is overwritten.',
		maximumArguments: 1,
		flags: {
			target: {type: 'string', value: 'DIR', does: 'the folder, or the file'},
			archiveKey: archiveKeyFlag,
		},
		load: async () => (await import('./commands/export.ts')).exportArchive,
	},
	key: {
		usage: 'status|list|rotate|add|remove|export|import|check [KEY|FILE] [FLAGS]',
		does: 'the keys: slots, epochs, ages; rotation, further keys, recovery keys',
		details: 'status|list: which keys open the repository; epochs, and what is left under each.\n'
			+ 'rotate [--reencrypt] [--if-due] [--new-key-file FILE] [--dry-run]: a new master key and a new key for you; all other keys follow. Interrupted, it goes on at the next call.\n'
			+ 'add --role ROLE [--label L] [--expires WHEN] [--new-key-file FILE] [--new-passphrase]: another key; with both, both are needed together.\n'
			+ 'remove KEY [--yes]: KEY, a label or the first digits of an id, opens nothing any more. Asks on a terminal.\n'
			+ 'export [FILE] [--label L] [--passphrase] [--code-file FILE|--code-fd N]: a recovery key, to be kept elsewhere: a file, and a code that is shown once (or a passphrase).\n'
			+ 'check [FILE]: prove that a recovery key opens everything. import [FILE] [--new-key-file FILE]: make a new key here with a recovery key, on a host that has none.\n'
			+ 'New passphrases come from COFFER_NEW_PASSPHRASE_FILE, COFFER_NEW_PASSPHRASE_FD or COFFER_NEW_PASSPHRASE_COMMAND; codes and passphrases of recovery keys\n'
			+ 'from COFFER_RECOVERY_FILE, COFFER_RECOVERY_FD or COFFER_RECOVERY_COMMAND; or they are asked for.',
		maximumArguments: 2,
		flags: {
			role: {type: 'string', value: 'ROLE', choices: roles, does: 'what a new key may do: owner (everything), backup (make backups, read none) or auditor (check, read none)'},
			label: {type: 'string', value: 'L', does: 'what a new key is called'},
			expires: {type: 'string', value: 'WHEN', does: 'a new key is refused from then on: a date such as 2027-01-31, or days from now such as 90d'},
			newKeyFile: {type: 'string', value: 'FILE', does: 'where a new key file is written'},
			newPassphrase: {type: 'boolean', does: 'a new passphrase opens the new key'},
			reencrypt: {type: 'boolean', does: 'rotate: also write all data anew, as after a leak; --no-reencrypt beats the configuration'},
			ifDue: {type: 'boolean', does: 'rotate: only when the key is old enough, or a rotation is under way'},
			passphrase: {type: 'boolean', does: 'export: a passphrase of yours instead of a code'},
			codeFile: {type: 'string', value: 'FILE', does: 'export: write the code to this new file, of mode 600'},
			codeFd: {type: 'string', value: 'N', does: 'export: write the code to this open descriptor'},
			yes: {type: 'boolean', does: 'remove: do not ask'},
			dryRun: {type: 'boolean', does: 'rotate: say what would be done; change nothing'},
		},
		load: async () => (await import('./commands/key.ts')).key,
	},
	status: {
		usage: '',
		does: 'how every source, the storage and the key stand',
		maximumArguments: 0,
		flags: {},
		load: async () => (await import('./commands/status.ts')).status,
	},
	...watchingCommands,
	...auditCommands,
	...scheduleCommands,
	config: {
		usage: 'show|validate|path|edit',
		does: 'the configuration: what it comes to, what is wrong with it, where it is',
		details: 'show: every setting as it would be used, and where it comes from; of a secret only where it is found. validate: every problem with its exact place; ends with 2 when there is one.\n'
			+ 'edit: a copy in $VISUAL or $EDITOR (without a shell), which takes the place of the configuration when it is valid.',
		maximumArguments: 1,
		flags: {},
		load: async () => (await import('./commands/config.ts')).config,
	},
	doctor: {
		usage: '',
		does: 'look whether everything is as it should be, and say what to do',
		details: 'Looks at Node, configuration, folders, key, repository, space, clock, sources and leftovers. Changes nothing. Ends with 1 when something is wrong, with 0 for mere warnings.',
		maximumArguments: 0,
		flags: {},
		load: async () => (await import('./commands/doctor.ts')).doctor,
	},
	demo: {
		usage: '',
		does: 'play a loss and a recovery with a made-up application, and clean up',
		details: 'Makes a small CRM in a temporary folder (a Git repository, a configuration tree, a SQLite database, and a PostgreSQL database where a server is installed), backs it up while programs write to it,\n'
			+ 'throws everything away but the repository and the key, brings it back from these on a fresh host and a fresh server, and compares. Ends with 1 where anything differs.',
		maximumArguments: 0,
		flags: {},
		load: async () => (await import('./commands/demo.ts')).demo,
	},
	completion: {
		usage: 'bash|zsh|fish',
		does: 'print a script that completes what you type in a shell',
		details: 'For bash: coffer completion bash >/etc/bash_completion.d/coffer\nFor zsh: coffer completion zsh >/usr/local/share/zsh/site-functions/_coffer\nFor fish: coffer completion fish >~/.config/fish/completions/coffer.fish',
		maximumArguments: 2,
		flags: {},
		load: async () => (await import('./commands/completion.ts')).completion,
	},
};

/** Commands that later versions will have. */
export const laterCommands: readonly string[] = [
	'copy', 'compliance', 'drill', 'selftest',
];
