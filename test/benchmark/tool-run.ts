import {execFile} from 'node:child_process';
import {mkdir, rm} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {promisify} from 'node:util';
import {fromText} from '../../source/engine/byte-string.ts';
import {findDifference, readTreeContent, type TreeContent} from './compare-trees.ts';
import type {RoundFigures, Step, StepFigures} from './figures.ts';
import {measure, type Measurement} from './measure.ts';
import type {Command, Places, Tool} from './tools/tool.ts';
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
	readonly id: string;
	readonly places: Places;
	readonly #tool: Tool;
	readonly #surroundings: Surroundings;
	readonly #figures: Partial<Record<Step, StepFigures>> = {};
	#backups = 0;

	/** @param who.id - Names the folder of its things. */
	constructor({id, tool}: {readonly id: string; readonly tool: Tool}, surroundings: Surroundings) {
		this.id = id;
		this.#tool = tool;
		this.#surroundings = surroundings;
		const {source, passphraseFile, workFolder} = surroundings;
		const own = path.join(workFolder, id);
		this.places = {source, passphraseFile, repository: path.join(own, 'repository'), home: path.join(own, 'home'), target: path.join(own, 'target')};
	}

	async execute(command: Command): Promise<Measurement> {
		const {workFolder, signal} = this.#surroundings;
		const {home} = this.places;
		// Nothing of this host's own settings and caches reaches a tool.
		const environment = {
			PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin', HOME: home, TMPDIR: home, LANG: 'C.UTF-8', TZ: 'UTC', ...this.#tool.environment(this.places, passphrase),
		};
		return measure(command, {environment, workFolder, signal});
	}

	async create(): Promise<void> {
		await mkdir(this.places.home, {recursive: true});
		await this.execute(this.#tool.create(this.places));
	}

	/** Do one step; what earlier steps of any tool left to be written to the disk is written before. */
	async step(step: Step): Promise<StepFigures> {
		const {places} = this;
		const command = this.#commandOf(step);
		if (step === 'restore') {
			await mkdir(places.target);
		}

		await runFile('sync', ['--file-system', this.#surroundings.workFolder], {signal: this.#surroundings.signal});
		const {wallMs, cpuMs, peakBytes} = await this.execute(command);
		const figures = {seconds: wallMs / 1000, cpuSeconds: cpuMs / 1000, peakBytes, repositoryBytes: measureTree(fromText(places.repository)).bytes};
		this.#figures[step] = figures;
		return figures;
	}

	/** @throws Error when the restored tree is not the one that was backed up. */
	compare(expected: TreeContent): void {
		const difference = findDifference(expected, readTreeContent(this.#tool.restoredTree(this.places)));
		if (difference !== undefined) {
			throw new Error(`${this.id} restored something else than what was backed up; the first difference is at ${JSON.stringify(difference)}`);
		}
	}

	async removeTarget(): Promise<void> {
		await rm(this.places.target, {recursive: true, force: true});
	}

	/** Remove everything of the tool, and end what it left running. */
	async remove(): Promise<void> {
		const {tidyUp, environment} = this.#tool;
		if (tidyUp !== undefined) {
			const [program, ...argv] = tidyUp.argv;
			await runFile(program, argv, {env: {...process.env, ...environment(this.places, passphrase)}}).catch(() => undefined);
		}

		await rm(path.dirname(this.places.home), {recursive: true, force: true});
	}

	/** All that was measured so far. */
	get figures(): RoundFigures {
		return this.#figures;
	}

	#commandOf(step: Step): Command {
		const {backup, verify, restore} = this.#tool;
		switch (step) {
			case 'verify': {
				return verify(this.places, this.#backups);
			}

			case 'restore': {
				return restore(this.places, this.#backups);
			}

			default: {
				this.#backups++;
				return backup(this.places, this.#backups);
			}
		}
	}
}
