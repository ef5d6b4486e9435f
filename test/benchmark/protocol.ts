import {rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {fromText} from '../../source/engine/byte-string.ts';
import type {FileChanges} from './change-files.ts';
import {readTreeContent} from './compare-trees.ts';
import type {DataSet} from './data-sets.ts';
import {rotate, steps, type RoundFigures, type Step} from './figures.ts';
import {passphrase, ToolRun, type Surroundings} from './tool-run.ts';
import type {ToolKey} from './tools/tools.ts';
import {measureTree, type TreeSize} from './tree-files.ts';
import {warmCache} from './warm-cache.ts';

export type RoundsOptions = {
	readonly rounds: number;
	/** An existing, empty folder; nothing of ours is outside of it. */
	readonly workFolder: string;
	readonly signal: AbortSignal;
	/** One line for people. */
	readonly onProgress: (text: string) => void;
};

export type DataSetResult = {
	readonly title: string;
	readonly description: string;
	readonly size: TreeSize;
	readonly changes: FileChanges;
	/** By tool, in the order of the rounds. */
	readonly figures: ReadonlyMap<ToolKey, readonly RoundFigures[]>;
};

type Bench = RoundsOptions & Surroundings & {
	readonly dataSet: DataSet;
};

/** Every step of one round, by all tools in turn. */
async function runRound(bench: Bench, runs: readonly ToolRun[], round: number): Promise<FileChanges> {
	const {dataSet, source, signal, onProgress, rounds} = bench;
	let changes: FileChanges | undefined;
	for (const run of runs) {
		await run.create();
	}

	for (const step of Object.keys(steps) as Step[]) {
		if (step === 'next') {
			changes = await dataSet.change(source, signal);
		}

		// Reading it all back takes long, and would be the same in each round.
		const expected = step === 'restore' && round === 0 ? readTreeContent(source) : undefined;
		for (const run of runs) {
			await run.step(step);
			const {wallMs, peakBytes} = run.measured.get(step)!;
			onProgress(`${dataSet.title}, round ${round + 1} of ${rounds}, ${steps[step].title}, ${run.key}: ${(wallMs / 1000).toFixed(2)} s, ${Math.round(peakBytes / 1e6)} MB of memory`);
			if (expected !== undefined) {
				run.compare(expected);
			}

			await run.removeTarget();
		}
	}

	return changes!;
}

/**
Compare the tools on one data set: in each round every step is done by all tools, one after the other, before the next step begins; each round begins with another tool, and with new data and new repositories.
@throws Error when a tool fails or restores something else; the signal's reason.
*/
export async function runRounds(dataSet: DataSet, keys: readonly ToolKey[], options: RoundsOptions): Promise<DataSetResult> {
	const {rounds, workFolder, signal, onProgress} = options;
	const bench: Bench = {...options, dataSet, source: path.join(workFolder, 'source'), passphraseFile: path.join(workFolder, 'passphrase')};
	await writeFile(bench.passphraseFile, passphrase, {mode: 0o600});
	const figures = new Map<ToolKey, RoundFigures[]>(keys.map(key => [key, []]));
	let size: TreeSize | undefined;
	let changes: FileChanges | undefined;
	for (let round = 0; round < rounds; round++) {
		onProgress(`${dataSet.title}, round ${round + 1} of ${rounds}: making the data`);
		await dataSet.prepare(bench.source, signal);
		size = measureTree(fromText(bench.source));
		await warmCache(fromText(bench.source), signal);
		const runs = rotate(keys, round).map(key => new ToolRun(key, bench));
		try {
			changes = await runRound(bench, runs, round);
		} finally {
			for (const run of runs) {
				await run.remove();
			}
		}

		for (const run of runs) {
			figures.get(run.key)!.push(run.figures());
		}

		await rm(bench.source, {recursive: true});
	}

	return {title: dataSet.title, description: dataSet.description, size: size!, changes: changes!, figures};
}
