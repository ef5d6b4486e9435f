import test from 'ava';
import {openCommand} from '../../../../source/engine/sources/command/open-command.ts';
import type {CommandSource} from '../../../../source/engine/sources/source.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {createSourceContext, readStream} from '../../../helpers/source-context.ts';
import {createFolder} from '../../../helpers/source-folder.ts';

const source = (command: readonly string[], more: Partial<CommandSource> = {}): CommandSource => ({kind: 'command', name: 'directory.ldif', command, ...more});

test('what the program prints is the one file, named as the source is; its standard error goes to the log', async t => {
	const context = createSourceContext();
	const stream = await openCommand(source(['sh', '-c', 'echo "dn: dc=example"; echo "2 entries" >&2']), context);
	t.regex(stream.paths[0]!, /\/sh$/);
	const contents = await readStream(stream);
	t.deepEqual([...contents].map(([name, bytes]) => [name, bytes.toString()]), [['/directory.ldif', 'dn: dc=example\n']]);
	t.regex(context.logged[0]!, /^The command of "directory\.ldif" \(.*\/sh\) wrote: 2 entries$/);
});

test('no shell: what looks like one\'s characters are arguments, and so is what looks like an option', async t => {
	const contents = await readStream(await openCommand(source(['printf', '%s|', '$HOME; touch x', '--version', '`id`', '*']), createSourceContext()));
	t.is(contents.get('/directory.ldif')!.toString(), '$HOME; touch x|--version|`id`|*|');
});

test('it runs in / unless told otherwise', async t => {
	const folder = createFolder(t);
	t.is((await readStream(await openCommand(source(['pwd']), createSourceContext()))).get('/directory.ldif')!.toString(), '/\n');
	t.is((await readStream(await openCommand(source(['pwd'], {workingFolder: folder}), createSourceContext()))).get('/directory.ldif')!.toString(), `${folder}\n`);
});

const failures: ReadonlyArray<readonly [string, CommandSource, RegExp]> = [
	['exit code 3 after 100 kB', source(['sh', '-c', 'head -c 100000 /dev/zero; exit 3']), /exit code 3/],
	['a signal', source(['sh', '-c', 'printf part; kill -TERM $$']), /ended by the signal SIGTERM/],
	['nothing printed', source(['true']), /gave 0 bytes where 1 byte or more were expected/],
	['less than expected', source(['printf', 'short'], {minimumBytes: 100}), /gave 5 bytes where 100 bytes or more/],
	['a name that no file can have', {...source(['echo']), name: '😀'.repeat(64)}, /cannot be a file of that name: its name is longer than Linux allows/],
	['a program that cannot be run', source(['/dev/null']), /is not on this machine, or may not be run/],
];

for (const [what, failing, message] of failures) {
	test(`a failure: ${what}`, async t => {
		await refusesAsync(t, async () => readStream(await openCommand(failing, createSourceContext())), what.startsWith('a program') ? 'source-missing' : 'source-failed', message);
	});
}
