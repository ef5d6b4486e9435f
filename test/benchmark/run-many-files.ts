// Measures what very many very small files take: `npm run bench:files [-- --files N]`. Time, processor time and memory of each command, as a table on stdout.
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {changeManyFiles, writeManyFiles} from './many-files.ts';
import {measure, type Measurement} from './measure.ts';
import {coffer} from './tools/coffer.ts';
import type {Places} from './tools/tool.ts';

const {values} = parseArgs({options: {files: {type: 'string', default: '1000000'}}});
const files = Number(values.files);
if (!Number.isSafeInteger(files) || files < 100) {
	throw new RangeError(`--files takes a number from 100 on, not "${values.files}"`);
}

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.on(name, () => {
		interruption.abort(new Error(`Interrupted by ${name}: what lay in the work folders is removed.`));
	});
}

const {signal} = interruption;
/** So many files are made in memory: what is measured is the program, not a disk. */
const dataFolder = mkdtempSync('/dev/shm/coffer-bench-');
const workFolder = mkdtempSync(path.join(process.env['TMPDIR'] ?? '/var/tmp', 'coffer-bench-'));
const places: Places = {
	source: path.join(dataFolder, 'source'),
	passphraseFile: path.join(workFolder, 'passphrase'),
	repository: path.join(workFolder, 'repository'),
	home: path.join(workFolder, 'home'),
	target: path.join(dataFolder, 'target'),
};

/** The program with other arguments than those of the comparison. */
function run(...argv: readonly string[]) {
	const [node, program] = coffer.create(places).argv;
	return {argv: [node, program!, ...argv, '--headless'] as const};
}

async function step(title: string, command: ReturnType<typeof run>): Promise<void> {
	const environment = {PATH: process.env['PATH'] ?? '', HOME: places.home, LANG: 'C.UTF-8', TZ: 'UTC', ...coffer.environment(places, '')};
	const {wallMs, cpuMs, peakBytes}: Measurement = await measure({argv: ['bash', '-c', '"$@" >/dev/null', 'bash', ...command.argv]}, {environment, workFolder, signal});
	console.log(`| ${title} | ${(wallMs / 1000).toFixed(1)} | ${(cpuMs / 1000).toFixed(1)} | ${Math.round(peakBytes / 1e6)} |`);
}

try {
	mkdirSync(places.home);
	writeFileSync(places.passphraseFile, '');
	await writeManyFiles(places.source, {files, signal});
	console.log(`| ${files} files | s | CPU, s | peak, MB |\n|---|--:|--:|--:|`);
	await step('`init`', run('init'));
	await step('first backup', run('backup', places.source));
	await step('nothing changed', run('backup', places.source));
	await step(`${changeManyFiles(places.source, {files})} changed`, run('backup', places.source));
	await step('`verify`', run('verify'));
	await step('`verify --read-data`', run('verify', '--read-data'));
	await step('`ls --recursive`', run('ls', 'latest', '--recursive'));
	await step('`status`', run('status'));
	mkdirSync(places.target);
	await step('`restore`', run('restore', 'latest', '--target', places.target));
} catch (error) {
	process.stderr.write(`${((signal.aborted ? signal.reason : error) as Error).message}\n`);
	process.exitCode = signal.aborted ? 130 : 1;
} finally {
	rmSync(dataFolder, {recursive: true, force: true});
	rmSync(workFolder, {recursive: true, force: true});
}
