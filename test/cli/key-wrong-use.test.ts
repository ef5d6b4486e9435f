import test from 'ava';
import {tryAll, type WrongUse} from '../helpers/wrong-uses.ts';

const keys: readonly WrongUse[] = [
	{what: 'key with a misspelt word', argv: ['key', 'rotat'], code: 2, says: /Did you mean "rotate"\?/},
	{what: 'a flag of another key command', argv: ['key', 'remove', 'x', '--if-due'], code: 2, says: /"coffer key remove" takes no --if-due\./},
	{what: 'a flag that no key status takes', argv: ['key', '--reencrypt'], code: 2, says: /"coffer key status" takes no --reencrypt/},
	{what: 'an argument for key rotate', argv: ['key', 'rotate', 'now'], code: 2, says: /"coffer key rotate" takes no argument; "now" is one too many/},
	{what: 'two files for key export', argv: ['key', 'export', 'a', 'b'], code: 2, says: /"key" takes at most 2; "b" is one too many/},
	{what: 'key add without a role', argv: ['key', 'add', '--new-key-file', 'x.key'], code: 2, says: /Say what the new key may do: --role owner .*--role backup/},
	{what: 'key add with an unknown role', argv: ['key', 'add', '--role', 'admin', '--new-key-file', 'x.key'], code: 2, says: /--role is one of owner, backup, auditor; not "admin"/},
	{what: 'key add without anything that opens it', argv: ['key', 'add', '--role', 'backup'], code: 2, says: /Say what is to open the new key: --new-key-file FILE/},
	{what: 'key add over a file', argv: ['key', 'add', '--role', 'backup', '--new-key-file', 'data/file'], code: 1, says: /data\/file exists already\. Name another file with --new-key-file/},
	{what: 'key add below a file', argv: ['key', 'add', '--role', 'backup', '--new-key-file', 'data/file/x.key'], code: 1, says: /data\/file/},
	{what: 'key add with a day of the past', argv: ['key', 'add', '--role', 'backup', '--new-key-file', 'x.key', '--expires', '2020-01-01'], code: 2, says: /would have expired already, on 2020-01-01/},
	{what: 'key add with no day', argv: ['key', 'add', '--role', 'backup', '--new-key-file', 'x.key', '--expires', 'soon'], code: 2, says: /--expires takes a date such as .*not "soon"/},
	{what: 'key add with a label that is taken', argv: ['key', 'add', '--role', 'backup', '--new-key-file', 'x.key', '--label', 'second'], code: 2, says: /There is a key "second" already/},
	{what: 'key add with a label of two lines', argv: ['key', 'add', '--role', 'backup', '--new-key-file', 'x.key', '--label', 'a\nb'], code: 2, says: /The label of a key has 1 to 200 characters on one line/},
	{what: 'key add with a passphrase and no terminal', argv: ['key', 'add', '--role', 'backup', '--new-passphrase'], code: 2, says: /no terminal to ask for the new passphrase/},
	{what: 'key add with an empty passphrase', argv: ['key', 'add', '--role', 'backup', '--new-passphrase'], code: 2, environment: {COFFER_NEW_PASSPHRASE_FILE: '/dev/null'}, says: /COFFER_NEW_PASSPHRASE_FILE gives an empty passphrase/},
	{what: 'key remove without a key', argv: ['key', 'remove'], code: 2, says: /Name the key to remove by its label/},
	{what: 'key remove of an unknown key', argv: ['key', 'remove', 'nobody'], code: 2, says: /There is no key slot "nobody"\. "coffer key list" shows them/},
	{what: 'key export without a terminal', argv: ['key', 'export', 'x.json'], code: 2, says: /no terminal to show the recovery code on\. Say where it is to go: --code-file FILE/},
	{what: 'key export to two places', argv: ['key', 'export', '--code-file', 'x', '--code-fd', '3'], code: 2, says: /goes to one place/},
	{what: 'key export with the code to stdout', argv: ['key', 'export', '--code-fd', '1'], code: 2, says: /--code-fd takes the number of an open descriptor above 2/},
	{what: 'key export with passphrase and code', argv: ['key', 'export', '--passphrase', '--code-file', 'x'], code: 2, says: /With --passphrase there is no recovery code/},
	{what: 'key export over a file', argv: ['key', 'export', 'data/file', '--code-file', 'x'], code: 1, says: /data\/file exists already/},
	{what: 'key check without a terminal', argv: ['key', 'check'], code: 2, says: /no terminal to ask for the recovery code or passphrase\. Give it by COFFER_RECOVERY_FILE/},
	{what: 'key check of a file that is not there', argv: ['key', 'check', 'nothing.json'], code: 2, says: /nothing\.json cannot be read[^\n]*or none: the repository has a copy/},
	{what: 'key check of a folder', argv: ['key', 'check', 'data'], code: 12, says: /data is no exported recovery key: it is no regular file/},
	{what: 'key check of another file', argv: ['key', 'check', 'data/file'], code: 13, environment: {COFFER_RECOVERY_COMMAND: 'echo canary'}, says: /The exported key/},
	{what: 'key check with a wrong secret', argv: ['key', 'check'], code: 12, environment: {COFFER_RECOVERY_COMMAND: 'echo canary'}, says: /does not open/},
	{what: 'key check with a mistyped code', argv: ['key', 'check'], code: 12, environment: {COFFER_RECOVERY_COMMAND: 'echo M1E7S-54T7W-376TE-FT8PX-DJZSZ-46M4K-8VGTJ-F5BFF'}, says: /not the recovery code as it was printed: group 8 is mistyped/},
	{what: 'key import where there is a key', argv: ['key', 'import'], code: 1, environment: {COFFER_RECOVERY_COMMAND: 'echo canary'}, says: /There is a key file \S+ already\. If it opens the repository/},
	{what: 'key import with a wrong secret', argv: ['key', 'import', '--new-key-file', 'x.key'], code: 12, environment: {COFFER_RECOVERY_COMMAND: 'echo canary'}, says: /does not open/},
	{what: 'key rotate to a file that is there', argv: ['key', 'rotate', '--new-key-file', 'data/file'], code: 1, says: /data\/file exists already\. Name another file with --new-key-file/},
];

test('wrong commands of keys', async t => {
	await tryAll(t, keys, true);
});
