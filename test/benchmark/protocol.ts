import {execFile} from 'node:child_process';
import {mkdir, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {promisify} from 'node:util';
import {fromText} from '../../source/engine/byte-string.ts';
import type {FileChanges} from './change-files.ts';
import {findDifference, readTreeContent, type TreeContent} from './compare-trees.ts';
import type {DataSet} from './data-sets.ts';
import {rotate, steps, type RoundFigures, type Step} from './figures.ts';
import {measure, type Measurement} from './measure.ts';
import {tools, type ToolKey} from './tools/tools.ts';
import type {Command, Places} from './tools/tool.ts';
import {measureTree, type TreeSize} from './tree-files.ts';
import {warmCache} from './warm-cache.ts';

const runFile = promisify(execFile);

/** Nothing real is protected by it. */
const passphrase = 'benchmark passphrase of no value';

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

type Bench = RoundsOptions & {
	readonly dataSet: DataSet;
	readonly source: string;
	readonly passphraseFile: string;
};

/** One tool in one round: where its things lie, and what was measured so far. */
class Run {
	readonly key: ToolKey;
	readonly places: Places;
	readonly measured = new Map<Step, Measurement>();
	readonly sizes = new Map<Step, number>();
	readonly #bench: Bench;

	constructor(key: ToolKey, bench: Bench) {
		this.key = key;
		this.#bench = bench;
		const {source, passphraseFile, workFolder} = bench;
		const own = path.join(workFolder, key);
		this.places = {source, passphraseFile, repository: path.join(own, 'repository'), home: path.join(own, 'home'), target: path.join(own, 'target')};
	}

	async execute(command: Command): Promise<Measurement> {
		const {workFolder, signal, passphraseFile} = this.#bench;
		const {home} = this.places;
		// Nothing of this host's own settings and caches reaches a tool.
		const environment = {
			PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin', HOME: home, TMPDIR: home, LANG: 'C.UTF-8', TZ: 'UTC', ...tools[this.key].environment({...this.places, passphraseFile}, passphrase),
		};
		return measure(command, {environment, workFolder, signal});
	}

	async create(): Promise<void> {
		await mkdir(this.places.home, {recursive: true});
		await this.execute(tools[this.key].create(this.places));
	}

	/** Do one step; what earlier steps of any tool left to be written to the disk is written before. */
	async step(step: Step): Promise<void> {
		const {backup, verify, restore} = tools[this.key];
		const {places} = this;
		const number = {first: 1, unchanged: 2, next: 3, verify: 3, restore: 3}[step];
		const command = step === 'verify' ? verify(places, number) : (step === 'restore' ? restore(places, number) : backup(places, number));
		if (step === 'restore') {
			await mkdir(places.target);
		}

		await runFile('sync', ['--file-system', this.#bench.workFolder], {signal: this.#bench.signal});
		this.measured.set(step, await this.execute(command));
		this.sizes.set(step, measureTree(fromText(places.repository)).bytes);
	}

	/** @throws Error when the restored tree is not the one that was backed up. */
	compare(expected: TreeContent): void {
		const difference = findDifference(expected, readTreeContent(tools[this.key].restoredTree(this.places)));
		if (difference !== undefined) {
			throw new Error(`${this.key} restored something else than what was backed up; the first difference is at ${JSON.stringify(difference)}`);
		}
	}

	async removeTarget(): Promise<void> {
		await rm(this.places.target, {recursive: true, force: true});
	}

	/** Remove everything of the tool, and end what it left running. */
	async remove(): Promise<void> {
		const {tidyUp} = tools[this.key];
		if (tidyUp !== undefined) {
			const [program, ...argv] = tidyUp.argv;
			await runFile(program, argv, {env: {...process.env, ...tools[this.key].environment(this.places, passphrase)}}).catch(() => undefined);
		}

		await rm(path.dirname(this.places.home), {recursive: true, force: true});
	}

	figures(): RoundFigures {
		const of = <Value>(value: (step: Step) => Value) => Object.fromEntries((Object.keys(steps) as Step[]).map(step => [step, value(step)])) as Record<Step, Value>;
		return {
			values: {
				...of(step => this.measured.get(step)!.wallMs / 1000),
				memory: Math.max(...this.measured.values().map(({peakBytes}) => peakBytes)),
				sizeFirst: this.sizes.get('first')!,
				sizeNext: this.sizes.get('next')!,
				growth: this.sizes.get('next')! - this.sizes.get('unchanged')!,
			},
			cpu: of(step => this.measured.get(step)!.cpuMs / 1000),
		};
	}
}

/** Every step of one round, by all tools in turn. */
async function runRound(bench: Bench, runs: readonly Run[], round: number): Promise<FileChanges> {
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
		const runs = rotate(keys, round).map(key => new Run(key, bench));
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
