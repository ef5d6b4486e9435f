// Compares coffer with its peers and writes docs/benchmarks.md. `npm run bench -- --help` tells the options.
import {spawnSync} from 'node:child_process';
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {neededBytes} from './disk-space.ts';
import {findTools} from './installed-tools.ts';
import {describeMachine} from './machine.ts';
import {helpText, parseOptions, type Options} from './options.ts';
import {runRounds, type DataSetResult} from './protocol.ts';
import {renderReport} from './report.ts';
import {inWorkFolder, onProgress, runScript, today} from './script.ts';
import {sections, type SectionName} from './sections.ts';
import {readResults, storeResult, type Results, type SectionResult} from './stored-results.ts';

async function measureSection(name: SectionName, options: Options, signal: AbortSignal): Promise<SectionResult> {
	const {only, size, real, rounds, commandLine, isTrial} = options;
	const {installed, leftOut} = findTools(only);
	const {contenders, dataSets, measured, leftOut: alsoLeftOut} = sections[name]({installed: installed.map(({key}) => key), size, real});
	const allLeftOut = [...leftOut, ...alsoLeftOut];
	for (const {name: tool, reason} of allLeftOut) {
		onProgress(`Left out of ${name}: ${tool}: ${reason}`);
	}

	const needed = neededBytes(Math.max(...dataSets.map(({estimatedBytes}) => estimatedBytes)), contenders.map(({key}) => key));
	return inWorkFolder(needed, async workFolder => {
		const results: DataSetResult[] = [];
		for (const dataSet of dataSets) {
			results.push(await runRounds(dataSet, contenders, {rounds, workFolder, signal, onProgress, ...(measured && {measured})}));
		}

		const taken = new Set(contenders.map(({key}) => key));
		return {date: today(), machine: describeMachine(workFolder), rounds, commandLine, isTrial, installed: installed.filter(({key}) => taken.has(key)), leftOut: allLeftOut, dataSets: results};
	});
}

/** Measure what was asked for. What is published is stored as soon as it is there. @returns What the document is made of. */
async function measure(options: Options, signal: AbortSignal): Promise<Results> {
	if (spawnSync('time', ['--version']).status !== 0) {
		throw new Error('GNU time is not found, which measures memory and CPU time: apt-get install time');
	}

	const measured: Partial<Record<SectionName, SectionResult>> = {};
	for (const name of options.sections) {
		const result = await measureSection(name, options, signal);
		measured[name] = result;
		if (!options.isTrial) {
			onProgress(`Written: ${path.relative('.', storeResult(name, result))}`);
		}
	}

	return options.isTrial ? {sections: measured, profiles: {}} : readResults();
}

await runScript({
	helpText,
	parse: parseOptions,
	async run(options, signal) {
		const document = renderReport(options.isRenderOnly ? readResults() : await measure(options, signal));
		if (options.output === undefined) {
			process.stdout.write(document);
		} else {
			await writeFile(options.output, document);
			onProgress(`Written: ${options.output}`);
		}
	},
});
