// Where the time of coffer goes: `npm run bench:profile -- NAME` samples each step by perf, and stores the sums by kind of work for the document.
import {execFileSync, spawnSync} from 'node:child_process';
import {rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {fromText} from '../../source/engine/byte-string.ts';
import {serverDataSet} from './data-sets.ts';
import {neededBytes} from './disk-space.ts';
import {stepNames, steps, type Step} from './figures.ts';
import {versionOf} from './installed-tools.ts';
import {describeMachine} from './machine.ts';
import {createSourceFinder, parsePerfReport, perfReportArguments, sumKinds} from './perf-report.ts';
import {addProfiles, type StepProfile} from './profile-result.ts';
import {inWorkFolder, numberFlag, onProgress, runScript, today} from './script.ts';
import {profileNames, storeResult, type ProfileName} from './stored-results.ts';
import {passphrase, ToolRun} from './tool-run.ts';
import {createCoffer} from './tools/coffer.ts';
import {prefixed} from './tools/tool-variants.ts';
import type {Tool} from './tools/tool.ts';
import {warmCache} from './warm-cache.ts';

const helpText = `npm run bench:profile -- ${profileNames.join('|')} [--rounds N] [--size FACTOR] [--program FILE --commit ID] [--print]

Samples coffer by perf in each step of the benchmark, and stores where the time went; "npm run bench -- --render" puts it into the document.

--rounds N      how often everything is done (default 3)
--size FACTOR   of the generated data (default 1)
--program FILE  another cli.js than the one just built
--commit ID     of which commit that is (default: the one that is checked out)
--print         print it, and store nothing
`;

/** Samples a second; no round number, so that nothing that happens regularly falls into step with it. */
const frequency = 999;

type Options = {
	readonly name: ProfileName;
	readonly rounds: number;
	readonly size: number;
	readonly program: string | undefined;
	readonly commit: string | undefined;
	readonly isPrinted: boolean;
	readonly isHelp: boolean;
};

function parse(argv: readonly string[]): Options {
	const {values, positionals} = parseArgs({
		args: [...argv],
		allowPositionals: true,
		options: {rounds: {type: 'string'}, size: {type: 'string'}, program: {type: 'string'}, commit: {type: 'string'}, print: {type: 'boolean'}, help: {type: 'boolean'}},
	});
	const isHelp = values.help ?? false;
	const name = profileNames.find(known => known === positionals[0]);
	if ((name === undefined || positionals.length > 1) && !isHelp) {
		throw new Error(`Name the profile: ${profileNames.join(' or ')}.`);
	}

	return {
		name: name ?? 'after', isHelp, isPrinted: values.print ?? false, commit: values.commit,
		rounds: numberFlag('rounds', values.rounds, 3, {minimum: 1, maximum: 100, isWhole: true}),
		size: numberFlag('size', values.size, 1, {minimum: 0.001, maximum: 100, isWhole: false}),
		program: values.program === undefined ? undefined : path.resolve(values.program),
	};
}

/** @throws Error that says what is missing, where the kernel or its settings allow no sampling */
function assertPerf(): void {
	const {status, stderr, error} = spawnSync('perf', ['record', '--event=cpu-clock', '--output=/dev/null', '--', 'true'], {encoding: 'utf8'});
	if (error) {
		throw new Error('perf is not found, which samples where the time goes: apt-get install linux-perf');
	}

	if (status !== 0) {
		throw new Error(`perf cannot sample here: ${stderr.trim()}\nAs root it can; else "sysctl kernel.perf_event_paranoid=1" allows it.`);
	}
}

/** Read the samples of one step, and remove the files in which V8 named its functions for perf. */
async function readSamples(file: string): Promise<StepProfile> {
	const text = execFileSync('perf', [...perfReportArguments, `--input=${file}`], {encoding: 'utf8', maxBuffer: 1024 * 1024 * 1024, stdio: ['ignore', 'pipe', 'ignore']});
	const report = parsePerfReport(text);
	const ids = new Set(report.places.map(({object}) => /^\[JIT\] tid (?<id>\d+)$/.exec(object)?.groups?.['id']).filter(id => id !== undefined));
	for (const id of ids) {
		await rm(`/tmp/perf-${id}.map`, {force: true});
	}

	return sumKinds(report, createSourceFinder());
}

async function profileRound(tool: Tool, samples: string, workFolder: string, {size}: Options, signal: AbortSignal): Promise<Record<Step, StepProfile>> {
	const dataSet = serverDataSet(size);
	const surroundings = {workFolder, source: path.join(workFolder, 'source'), passphraseFile: path.join(workFolder, 'passphrase'), signal};
	await writeFile(surroundings.passphraseFile, passphrase, {mode: 0o600});
	await dataSet.prepare(surroundings.source, signal);
	await warmCache(fromText(surroundings.source), signal);
	const run = new ToolRun({id: 'coffer', tool}, surroundings);
	const profiles: Partial<Record<Step, StepProfile>> = {};
	await run.create();
	for (const step of stepNames) {
		if (step === 'next') {
			await dataSet.change(surroundings.source, signal);
		}

		const {seconds} = await run.step(step);
		await run.removeTarget();
		profiles[step] = await readSamples(samples);
		onProgress(`${steps[step].title}: ${seconds.toFixed(2)} s`);
	}

	await run.remove();
	await rm(surroundings.source, {recursive: true});
	return profiles as Record<Step, StepProfile>;
}

async function profile(options: Options, signal: AbortSignal): Promise<void> {
	const {name, rounds, size, program, isPrinted} = options;
	assertPerf();
	const commit = options.commit ?? execFileSync('git', ['rev-parse', '--short=7', 'HEAD'], {encoding: 'utf8'}).trim();
	const result = await inWorkFolder(neededBytes(serverDataSet(size).estimatedBytes, ['coffer']), async workFolder => {
		const samples = path.join(workFolder, 'samples');
		const coffer = createCoffer({...(program !== undefined && {program}), nodeFlags: ['--perf-basic-prof-only-functions']});
		const tool = prefixed(coffer, ['perf', 'record', '--quiet', '--no-buildid', '--no-buildid-cache', '--event=cpu-clock', `--freq=${frequency}`, `--output=${samples}`, '--']);
		const results: Array<Record<Step, StepProfile>> = [];
		for (let round = 0; round < rounds; round++) {
			onProgress(`Round ${round + 1} of ${rounds}`);
			results.push(await profileRound(tool, samples, workFolder, options, signal));
		}

		return {
			date: today(),
			program: `coffer ${versionOf(coffer.versionCommands['coffer']!)}, commit ${commit}, node ${process.versions.node}`,
			machine: describeMachine(workFolder),
			rounds, size, frequency,
			steps: addProfiles(results),
		};
	});
	if (isPrinted) {
		process.stdout.write(`${JSON.stringify(result, undefined, '\t')}\n`);
	} else {
		onProgress(`Written: ${path.relative('.', storeResult(`profile-${name}`, result))}`);
	}
}

await runScript({helpText, parse, run: profile});
