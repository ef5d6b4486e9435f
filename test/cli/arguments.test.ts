import test from 'ava';
import {parseArguments} from '../../source/cli/arguments.ts';
import {helpText} from '../../source/cli/help.ts';
import {commands} from '../../source/cli/command-table.ts';

const refused = (argv: readonly string[], message: RegExp) => ({argv, message});

test('a command with its arguments and flags, in any order', t => {
	const parsed = parseArguments(['--repository', 'backup', '--json', 'backup', '/etc', '--tag', 'a', '--tag=b', '--dry-run', '--', '--odd']);
	t.is(parsed.command, 'backup');
	t.deepEqual(parsed.input, ['/etc', '--odd']);
	t.is(parsed.text('repository'), 'backup');
	t.true(parsed.isSet('json'));
	t.true(parsed.isSet('dryRun'));
	t.false(parsed.isSet('quiet'));
	t.deepEqual(parsed.texts('tag'), ['a', 'b']);
	t.deepEqual(parsed.texts('include'), []);
});

test('values may begin with a dash, and one that follows a flag is never a command', t => {
	t.is(parseArguments(['restore', 'latest', '--target', '-odd-']).text('target'), '-odd-');
	t.is(parseArguments(['--config', 'init']).command, undefined);
});

test('a flag with an optional value takes it only with "="', t => {
	const bare = parseArguments(['verify', '--read-data', 'abcd']);
	t.is(bare.text('readData'), 'all');
	t.deepEqual(bare.input, ['abcd']);
	t.is(parseArguments(['verify', '--read-data=5%']).text('readData'), '5%');
	t.is(parseArguments(['verify']).text('readData'), undefined);
});

test('numbers stay texts', t => {
	t.deepEqual(parseArguments(['verify', '00012345', '1e10']).input, ['00012345', '1e10']);
});

test('--no-color', t => {
	t.false(parseArguments(['status', '--no-color']).choice('color'));
	t.is(parseArguments(['status']).choice('color'), undefined);
	t.true(parseArguments(['status', '--color']).choice('color'));
	t.true(helpText().includes('--no-color '));
});

const wrong = [
	refused(['verfy'], /Unknown command "verfy"\. Did you mean "verify"\?/),
	refused(['zzzzzzzz'], /Unknown command "zzzzzzzz"\. "coffer --help"/),
	refused(['__proto__'], /Unknown command/),
	refused(['backup', '--jsno'], /Unknown flag --jsno for "backup"\. Did you mean --json\?/),
	refused(['backup', '-x'], /Unknown flag -x/),
	refused(['snapshots', '--dry-run'], /Unknown flag --dry-run for "snapshots"/),
	refused(['restore', 'latest', '--target'], /--target needs a value/),
	refused(['restore', 'latest', '--target='], /--target needs a value/),
	refused(['restore', 'a', '--target', 'x', '--target', 'y'], /--target can be given only once/),
	refused(['restore', 'a', '--overwrite', 'allways'], /--overwrite is one of never, .*Did you mean "always"/),
	refused(['backup', '--class', 'hourly'], /--class is one of/),
	refused(['backup', '--no-delta'], /Unknown flag --no-delta for "backup"/),
	refused(['backup', '--dry-run=yes'], /--dry-run takes no value/),
	refused(['snapshots', 'show'], /"snapshots" takes no arguments; "show" is one too many/),
	refused(['status', 'x'], /"status" takes no arguments; "x" is one too many/),
	refused(['copy'], /"copy" is not in this version/),
	refused(['restore', 'latest', '--into'], /--into needs a value/),
];

for (const {argv, message} of wrong) {
	test(`refused: ${argv.join(' ')}`, t => {
		const error = t.throws(() => parseArguments(argv), {message});
		t.is((error as unknown as {code: string}).code, 'usage');
	});
}

test('every command has help that names its flags', t => {
	t.regex(helpText(), /coffer COMMAND --help/);
	for (const [name, {flags, does}] of Object.entries(commands)) {
		const help = helpText(name);
		t.true(help.includes(does));
		t.true(helpText().includes(`  ${name}`));
		for (const flag of Object.values(flags).filter(({isHidden}) => !isHidden)) {
			t.true(help.includes(flag.does), `${name}: ${flag.does}`);
		}
	}

	t.false(helpText().includes('embedded-default'));
});
