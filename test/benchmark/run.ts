// Compares coffer with its peers and writes docs/benchmarks.md. `npm run bench -- --help` tells the options.
import {spawnSync} from 'node:child_process';
import {mkdtemp, realpath, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {realDataSet, serverDataSet} from './data-sets.ts';
import {checkFreeSpace, neededBytes} from './disk-space.ts';
import {findTools} from './installed-tools.ts';
import {describeMachine} from './machine.ts';
import {helpText, parseOptions, type Options} from './options.ts';
import {runRounds, type DataSetResult} from './protocol.ts';
import {renderReport} from './report.ts';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.on(signal, () => {
		interruption.abort(new Error(`Interrupted by ${signal}: nothing was written, and what lay in the work folder is removed.`));
	});
}

const onProgress = (text: string): void => {
	process.stderr.write(`${text}\n`);
};

async function compare(options: Options): Promise<string> {
	if (spawnSync('time', ['--version']).status !== 0) {
		throw new Error('GNU time is not found, which measures memory and CPU time: apt-get install time');
	}

	const {installed, leftOut} = findTools(options.only);
	for (const {name, reason} of leftOut) {
		onProgress(`Left out: ${name}: ${reason}`);
	}

	const keys = installed.map(({key}) => key);
	const dataSets = [serverDataSet(options.size), realDataSet(options.real)];
	const disk = process.env['TMPDIR'] ?? '/var/tmp';
	checkFreeSpace(disk, neededBytes(Math.max(...dataSets.map(({estimatedBytes}) => estimatedBytes)), keys));
	const workFolder = await mkdtemp(path.join(await realpath(disk), 'coffer-bench-'));
	try {
		const results: DataSetResult[] = [];
		for (const dataSet of dataSets) {
			results.push(await runRounds(dataSet, keys, {rounds: options.rounds, workFolder, signal: interruption.signal, onProgress}));
		}

		return renderReport({
			date: new Date().toISOString().slice(0, 10),
			machine: describeMachine(workFolder),
			rounds: options.rounds,
			commandLine: options.commandLine,
			isTrial: options.isTrial,
			installed,
			leftOut,
			dataSets: results,
		});
	} finally {
		await rm(workFolder, {recursive: true, force: true});
	}
}

let options: Options | undefined;
try {
	options = parseOptions(process.argv.slice(2));
} catch (error) {
	process.stderr.write(`${(error as Error).message}\n\n${helpText}`);
	process.exitCode = 2;
}

if (options?.isHelp) {
	process.stdout.write(helpText);
} else if (options !== undefined) {
	try {
		const document = await compare(options);
		if (options.output === undefined) {
			process.stdout.write(document);
		} else {
			await writeFile(options.output, document);
			onProgress(`Written: ${options.output}`);
		}
	} catch (error) {
		const isInterrupted = interruption.signal.aborted;
		process.stderr.write(`${((isInterrupted ? interruption.signal.reason : error) as Error).message}\n`);
		process.exitCode = isInterrupted ? 130 : 1;
	}
}
