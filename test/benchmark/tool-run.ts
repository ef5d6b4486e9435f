import {execFile} from 'node:child_process';
import {mkdir, rm} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {promisify} from 'node:util';
import {fromText} from '../../source/engine/byte-string.ts';
import {findDifference, readTreeContent, type TreeContent} from './compare-trees.ts';
import {steps, type RoundFigures, type Step} from './figures.ts';
import {measure, type Measurement} from './measure.ts';
import {tools, type ToolKey} from './tools/tools.ts';
import type {Command, Places} from './tools/tool.ts';
import {measureTree} from './tree-files.ts';

const runFile = promisify(execFile);

/** Nothing real is protected by it. */
export const passphrase = 'benchmark passphrase of no value';

/** What all tools share in a run. */
export type Surroundings = {
	/** The tools' own things lie below it. */
	readonly workFolder: string;
	/** The tree that is backed up. */
	readonly source: string;
	/** Holds `passphrase`. */
	readonly passphraseFile: string;
	readonly signal: AbortSignal;
};

/** One tool in one round: where its things lie, and what was measured so far. */
export class ToolRun {
	readonly key: ToolKey;
	readonly places: Places;
	readonly measured = new Map<Step, Measurement>();
	readonly sizes = new Map<Step, number>();
	readonly #surroundings: Surroundings;

	constructor(key: ToolKey, surroundings: Surroundings) {
		this.key = key;
		this.#surroundings = surroundings;
		const {source, passphraseFile, workFolder} = surroundings;
		const own = path.join(workFolder, key);
		this.places = {source, passphraseFile, repository: path.join(own, 'repository'), home: path.join(own, 'home'), target: path.join(own, 'target')};
	}

	async execute(command: Command): Promise<Measurement> {
		const {workFolder, signal} = this.#surroundings;
		const {home} = this.places;
		// Nothing of this host's own settings and caches reaches a tool.
		const environment = {
			PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin', HOME: home, TMPDIR: home, LANG: 'C.UTF-8', TZ: 'UTC', ...tools[this.key].environment(this.places, passphrase),
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

		await runFile('sync', ['--file-system', this.#surroundings.workFolder], {signal: this.#surroundings.signal});
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
