import {rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {fromText} from '../../source/engine/byte-string.ts';
import type {FileChanges} from './change-files.ts';
import {readTreeContent} from './compare-trees.ts';
import type {Contender} from './contender.ts';
import type {DataKind, DataSet} from './data-sets.ts';
import {rotate, stepNames, steps, type RoundFigures, type Step} from './figures.ts';
import {passphrase, ToolRun, type Surroundings} from './tool-run.ts';
import {measureTree, type TreeSize} from './tree-files.ts';
import {warmCache} from './warm-cache.ts';

export type RoundsOptions = {
	readonly rounds: number;
	/** What is measured, in the order of `steps`; others are not done. @default all */
	readonly measured?: readonly Step[];
	/** An existing, empty folder; nothing of ours is outside of it. */
	readonly workFolder: string;
	readonly signal: AbortSignal;
	/** One line for people. */
	readonly onProgress: (text: string) => void;
};

/** What one contender did. */
export type ContenderResult = Omit<Contender, 'tool'> & {
	readonly rounds: readonly RoundFigures[];
};

/** What came out with one data set. Plain data, which is stored. */
export type DataSetResult = {
	readonly kind: DataKind;
	readonly title: string;
	readonly description: string;
	readonly size: TreeSize;
	/** Missing where the next day was not measured. */
	readonly changes?: FileChanges;
	readonly contenders: readonly ContenderResult[];
};

type Bench = RoundsOptions & Surroundings & {
	readonly dataSet: DataSet;
};

/** Every step of one round, by all contenders in turn. */
async function runRound(bench: Bench, runs: readonly ToolRun[], round: number): Promise<FileChanges | undefined> {
	const {dataSet, source, signal, onProgress, rounds, measured = stepNames} = bench;
	let changes: FileChanges | undefined;
	for (const run of runs) {
		await run.create();
	}

	for (const step of measured) {
		if (step === 'next') {
			changes = await dataSet.change(source, signal);
		}

		// Reading it all back takes long, and would be the same in each round.
		const expected = step === 'restore' && round === 0 ? readTreeContent(source) : undefined;
		for (const run of runs) {
			const {seconds, peakBytes} = await run.step(step);
			onProgress(`${dataSet.title}, round ${round + 1} of ${rounds}, ${steps[step].title}, ${run.id}: ${seconds.toFixed(2)} s, ${Math.round(peakBytes / 1e6)} MB of memory`);
			if (expected !== undefined) {
				run.compare(expected);
			}

			await run.removeTarget();
		}
	}

	return changes;
}

/**
Compare contenders on one data set: in each round every step is done by all of them, one after the other, before the next step begins; each round begins with another one, and with new data and new repositories.
@throws Error when a tool fails or restores something else; the signal's reason.
*/
export async function runRounds(dataSet: DataSet, contenders: readonly Contender[], options: RoundsOptions): Promise<DataSetResult> {
	const {rounds, workFolder, signal, onProgress} = options;
	const bench: Bench = {...options, dataSet, source: path.join(workFolder, 'source'), passphraseFile: path.join(workFolder, 'passphrase')};
	await writeFile(bench.passphraseFile, passphrase, {mode: 0o600});
	const figures = new Map<string, RoundFigures[]>(contenders.map(({id}) => [id, []]));
	let size: TreeSize | undefined;
	let changes: FileChanges | undefined;
	for (let round = 0; round < rounds; round++) {
		onProgress(`${dataSet.title}, round ${round + 1} of ${rounds}: making the data`);
		await dataSet.prepare(bench.source, signal);
		size = measureTree(fromText(bench.source));
		await warmCache(fromText(bench.source), signal);
		const runs = rotate(contenders, round).map(contender => new ToolRun(contender, bench));
		try {
			changes = await runRound(bench, runs, round);
		} finally {
			for (const run of runs) {
				await run.remove();
			}
		}

		for (const run of runs) {
			figures.get(run.id)!.push(run.figures);
		}

		await rm(bench.source, {recursive: true});
	}

	const {kind, title, description} = dataSet;
	return {
		kind, title, description, size: size!, ...(changes && {changes}),
		contenders: contenders.map(({tool, ...contender}) => ({...contender, rounds: figures.get(contender.id)!})),
	};
}
