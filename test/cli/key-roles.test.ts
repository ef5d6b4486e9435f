import test from 'ava';
import type {Role} from '../../source/engine/index.ts';
import {commands} from '../../source/cli/command-table.ts';
import {prepareRoles, writeSecret} from '../helpers/key-hosts.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {describeFolder} from '../helpers/walk-folder.ts';

type Case = {
	readonly argv: readonly string[];
	/** Roles that may; all others are refused before any work. */
	readonly roles: readonly Role[];
	/** What it may end with then, where that depends on the machine. @default 0 */
	readonly codes?: readonly number[];
	/** Of what the command says to others. */
	readonly refuses?: RegExp;
};

const all: readonly Role[] = ['owner', 'backup', 'auditor'];
const writers: readonly Role[] = ['owner', 'backup'];
const owners: readonly Role[] = ['owner'];
const reading = /cannot read the contents of backups/;

/** Every command, in an order in which each leaves the next what it needs. */
const cases: readonly Case[] = [
	{argv: ['backup', 'data'], roles: writers, refuses: /cannot make backups/},
	{argv: ['backup', 'data', '--dry-run'], roles: writers, refuses: /cannot make backups/},
	{argv: ['snapshots'], roles: all},
	{argv: ['show', 'latest'], roles: all},
	{argv: ['ls', 'latest'], roles: owners, refuses: reading},
	{argv: ['find', 'file'], roles: owners, refuses: reading},
	{argv: ['diff', 'latest', 'latest'], roles: owners, refuses: reading},
	{argv: ['cat', 'latest', 'data/file'], roles: owners, refuses: reading},
	{argv: ['verify'], roles: all},
	{argv: ['verify', '--read-data'], roles: all},
	{argv: ['verify', '--against-source'], roles: owners, refuses: reading},
	{argv: ['restore', 'latest', '--target', './out'], roles: owners, refuses: reading},
	{argv: ['restore', 'latest', '--target', './out', '--overwrite', 'if-changed', '--dry-run'], roles: owners, refuses: reading},
	{argv: ['import', './old-20250807-212033.sql.enc', '--archive-key', './old.key'], roles: writers, refuses: /cannot make backups/},
	{argv: ['export', 'latest', '--archive-key', './old.key', '--target', './exported/'], roles: owners, refuses: reading},
	{argv: ['forget', 'latest', '--dry-run'], roles: owners, refuses: /cannot forget snapshots/},
	{argv: ['prune', '--dry-run'], roles: owners, refuses: /cannot prune/},
	{argv: ['prune'], roles: owners, refuses: /cannot prune/},
	{argv: ['key', 'status'], roles: all},
	{argv: ['key', 'list'], roles: all},
	{argv: ['key', 'check'], roles: all},
	{argv: ['key', 'rotate', '--if-due'], roles: owners, refuses: /cannot rotate keys/},
	{argv: ['key', 'rotate', '--dry-run'], roles: owners, refuses: /cannot rotate keys/},
	{argv: ['key', 'rotate'], roles: owners, refuses: /cannot rotate keys/},
	{argv: ['key', 'add', '--role', 'backup', '--label', 'another', '--new-key-file', 'another.key'], roles: owners, refuses: /cannot add keys/},
	{argv: ['key', 'remove', 'another'], roles: owners, refuses: /cannot remove keys/},
	{argv: ['key', 'export', 'another.json', '--code-file', 'another.code'], roles: owners, refuses: /cannot make recovery keys/},
	{argv: ['status'], roles: all},
	{argv: ['monitor'], roles: all, codes: [0, 20, 21]},
	{argv: ['health'], roles: all, codes: [0, 20, 21]},
	{argv: ['alerts'], roles: all},
	{argv: ['metrics'], roles: all},
	{argv: ['report'], roles: all},
	{argv: ['audit', 'show'], roles: all},
	{argv: ['audit', 'verify'], roles: all},
	{argv: ['doctor'], roles: all},
	{argv: ['config', 'validate'], roles: all},
	{argv: ['logs'], roles: all},
	{argv: ['completion', 'words', 'snapshots'], roles: all},
	{argv: ['forget', 'latest'], roles: owners, refuses: /cannot forget snapshots/},
	{argv: ['schedule', 'next'], roles: all},
	{argv: ['schedule', 'run', 'daily', '--if-due'], roles: all},
	// Nothing is due.
	{argv: ['--headless'], roles: all},
];

test('every role and every command: it works, or is refused by its role before any work', async t => {
	const host = new TestHost(t);
	await prepareRoles(host);
	await host.runHere(['key', 'export', 'recovery.json', '--label', 'paper', '--code-file', 'paper.code']);
	const environment = {...host.environment, COFFER_RECOVERY_FILE: host.path('paper.code')};
	// Log and memory may change; what a run that made it would leave may not.
	const listing = () => Object.fromEntries(Object.entries(describeFolder(host.folder)).filter(([name]) => !name.startsWith('home/.local/state')));
	let refused = 0;
	for (const {argv, roles, refuses, codes = [0]} of cases) {
		// Whoever may goes last: it changes things.
		for (const role of all.toReversed()) {
			const about = `${role}: ${argv.join(' ')}`;
			const before = listing();
			const {code, stderr} = await host.runHere([...argv.map(word => word === 'data/file' ? host.path('data/file') : word), '--key-file', `${role}.key`], {environment});
			if (roles.includes(role)) {
				t.true(codes.includes(code!), `${about}: ${code}, ${stderr}`);
			} else {
				refused++;
				t.is(code, 1, `${about}: ${stderr}`);
				t.regex(stderr, refuses!, about);
				t.true(stderr.startsWith(`coffer: A key with the role "${role}" cannot `), about);
				t.deepEqual(listing(), before, about);
			}
		}
	}

	t.deepEqual(Object.keys(commands).filter(name => cases.every(({argv}) => argv[0] !== name)), ['init', 'daemon', 'demo'], 'only what makes a repository, or leaves it to jobs to open it, needs no key of it');
	t.log(`${cases.length} calls by ${all.length} roles, ${refused} refused with nothing changed`);
});

test('a recovery key of a role that cannot read is none', async t => {
	const host = new TestHost(t);
	await prepareRoles(host);
	const passphrase = writeSecret(host, 'passphrase', 'only looks around here');
	await host.runHere(['key', 'add', '--role', 'auditor', '--label', 'looker', '--new-passphrase'], {environment: {...host.environment, COFFER_NEW_PASSPHRASE_FILE: passphrase}});
	const environment = {...host.environment, COFFER_RECOVERY_FILE: passphrase};
	const check = await host.runHere(['key', 'check'], {environment});
	t.is(check.code, 1);
	t.regex(check.stderr, /has the role "auditor"[^\n]* no recovery key/);
	const taken = await host.runHere(['key', 'import', '--new-key-file', 'mine.key'], {environment});
	t.is(taken.code, 1);
	t.regex(taken.stderr, /"auditor" cannot recover a repository/);
});
