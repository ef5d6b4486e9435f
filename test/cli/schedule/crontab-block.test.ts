import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {findBlocks, planCrontabBlock, replaceBlock, withoutBlocks} from '../../../source/cli/schedule/crontab-block.ts';
import {variablesOfCrontab} from '../../../source/cli/schedule/crontab-variables.ts';
import {shellCommand} from '../../../source/cli/schedule/shell-words.ts';
import {refuses} from '../../helpers/error-assertions.ts';
import {optionalTest} from '../../helpers/optional-test.ts';
import {createInstallation, createJob, exampleJobs} from '../../helpers/schedule-plans.ts';
import {createFolder} from '../../helpers/source-folder.ts';

const toBytes = (text: string): string => Buffer.from(text).toString('latin1');
const installation = createInstallation();
const block = planCrontabBlock(installation, exampleJobs, 'Europe/Berlin');
const other = createInstallation({configFile: '/srv/café 100%/config.json', isUsual: false});
const otherBlock = planCrontabBlock(other, exampleJobs, 'Europe/Berlin');

test('the block as it is written', t => {
	t.is(block, readFileSync('test/fixtures/schedule/crontab', 'utf8'));
});

test('paths with spaces, quotes, dollars and percent signs reach the program as they are', t => {
	const words = ['/opt/my node/bin/node', '/home/o\'neil/"x"/$HOME/`id`/100%/cli.js', '--config', '/srv/café;&<>*?[a]~#!{}()/c'];
	const hostile = createInstallation({command: {node: 'printf', script: '%s|', globals: words}, environment: {COFFER_STATE_DIRECTORY: '/a b%c'}});
	const line = planCrontabBlock(hostile, [createJob()], 'Europe/Berlin').split('\n').find(text => text.startsWith('0 2 * * * '))!;
	// What cron hands to the shell (do_command.c): each escaped percent sign as itself; a bare one would end the command.
	t.notRegex(line, /(?<!\\)%/);
	const {stdout} = spawnSync('/bin/sh', ['-c', line.slice('0 2 * * * '.length).replaceAll(String.raw`\%`, '%')], {encoding: 'utf8'});
	t.deepEqual(stdout.split('|').slice(0, words.length), words);
});

test('words for a shell: any text without control characters comes back', t => {
	const samples = fc.sample(fc.array(fc.string({unit: 'grapheme', minLength: 1}).filter(text => !/[\p{Control}\\\p{Surrogate}]/u.test(text)), {minLength: 1, maxLength: 4}), 300);
	const script = samples.map(words => shellCommand(['printf', String.raw`%s\0`, ...words, 'END'])).join('\n');
	const {stdout} = spawnSync('/bin/sh', ['-c', script], {encoding: 'utf8'});
	t.deepEqual(stdout.split('END\0').slice(0, -1).map(line => line.split('\0').slice(0, -1)), samples.map(words => [...words]));
	t.log(`${samples.length} command lines`);
});

test('what would break lines, or is read in two ways, is refused; so is what cron cannot read', t => {
	for (const name of ['a\nb', 'a\u0000', 'a\\b', 'a\u001B[31m']) {
		refuses(t, () => planCrontabBlock(installation, [createJob({name})], 'Europe/Berlin'), 'configuration-invalid', /backslash or a control character/);
	}

	const long = createInstallation({command: {...installation.command, script: `/${'x'.repeat(990)}/cli.js`}});
	refuses(t, () => planCrontabBlock(long, exampleJobs, 'Europe/Berlin'), 'configuration-invalid', /more than cron reads \(998\).*--systemd/);
});

/** Crontabs of people: any bytes, with and without a last line feed, with lines like ours that are none. */
const crontabs = fc.array(fc.oneof(
	fc.uint8Array({maxLength: 30}).map(bytes => Buffer.from(bytes).toString('latin1')),
	fc.constantFrom('', '\n', '\r\n', 'MAILTO=root\n', '*/5 * * * * /usr/bin/true\n', '0 4 * * * x\r\n', '# BEGIN coffee\n', '# END of it\n', '#BEGIN coffer 12345678 /x\n', ' # BEGIN coffer 12345678 /x\n', toBytes('# café\n')),
), {maxLength: 12}).map(parts => parts.join('')).filter(text => !/^# (?:BEGIN|END) coffer [\da-f]{8}/m.test(text));

test('every byte outside of the block stays; installing twice is installing once; removing undoes it', t => {
	let runs = 0;
	fc.assert(fc.property(crontabs, crontab => {
		runs++;
		const once = replaceBlock(crontab, installation.id, block);
		t.is(once.length, crontab.length + toBytes(block).length);
		t.is(replaceBlock(once, installation.id, block), once);
		const both = replaceBlock(once, other.id, otherBlock);
		t.deepEqual(findBlocks(both).map(({text}) => text).toSorted(), [block, otherBlock].toSorted());
		t.is(withoutBlocks(both), crontab);
		t.is(replaceBlock(both, other.id, undefined), once);
		t.is(replaceBlock(replaceBlock(both, installation.id, undefined), other.id, undefined), crontab);
	}), {numRuns: 500});
	t.log(`${runs} crontabs`);
});

test('a block is written anew in its place; one that was copied stands there once', t => {
	const around = (text: string) => `MAILTO=a\n${text}0 0 * * * after\n`;
	const changed = planCrontabBlock(installation, [createJob({expression: '5 5 * * *'})], 'Europe/Berlin');
	t.is(replaceBlock(around(block), installation.id, changed), around(changed));
	t.is(replaceBlock(`${around(block)}${block}`, installation.id, changed), around(changed));
	t.is(replaceBlock(around(block.replaceAll('\n', '\r\n')), installation.id, changed), around(changed));
	t.is(findBlocks(toBytes(otherBlock))[0]!.configFile, other.configFile);
});

test('a block that is not whole is left alone', t => {
	const lines = block.split('\n');
	const begin = lines[0]!;
	const end = lines.at(-2)!;
	for (const crontab of [`${begin}\n0 0 * * * mine\n`, `0 0 * * * mine\n${end}\n`, `${begin}\n${begin}\n${end}\n`, `${begin}\n# END coffer 00000000\n`]) {
		refuses(t, () => replaceBlock(crontab, installation.id, block), 'state-failed', /not whole|have no end/);
	}
});

test('variables that a crontab sets', t => {
	t.deepEqual(variablesOfCrontab('MAILTO=a@b\n PATH = /x:/y \n# N=1\nQ="a b"\n\'S\'=\' c \'\n*/5 * * * * A=b x\n5 4 * * * true\nE=\nSHELL=/bin/bash\r\n'.replace('\r', '')), {MAILTO: 'a@b', PATH: '/x:/y', Q: 'a b', S: ' c ', E: '', SHELL: '/bin/bash'});
});

/** The option by which this machine's crontab(1) looks at a file and changes nothing; -n is something else where it is not said to be a trial. */
function findCheckOption(): string | undefined {
	const {stdout, stderr} = spawnSync('crontab', ['-h'], {encoding: 'utf8'});
	const options = `${stdout}${stderr}`.split('\n').map(line => line.trim());
	return options.some(line => line.startsWith('-T')) ? '-T' : (options.some(line => line.startsWith('-n') && line.includes('dry run')) ? '-n' : undefined);
}

const checkOption = findCheckOption();

optionalTest(checkOption === undefined ? 'no crontab program is installed that can check a file' : undefined, 'the real crontab program finds nothing wrong with it, and something with what is wrong', t => {
	const folder = createFolder(t, {good: `MAILTO=root\n${block}${otherBlock}`, bad: block.replace('0 2 * * *', '61 2 * * *')});
	const check = (name: string) => spawnSync('crontab', [checkOption!, path.join(folder, name)], {encoding: 'utf8'});
	t.is(check('good').status, 0, check('good').stderr);
	t.not(check('bad').status, 0);
});
