import type {Contender} from './contender.ts';
import type {DataKind} from './data-sets.ts';
import {stepNames, type RoundFigures} from './figures.ts';
import type {SectionResult} from './stored-results.ts';
import type {TreeSize} from './tree-files.ts';

/** A round in which every column but the second size is the factor: in seconds, or in MB. */
export function createRound(factor: number): RoundFigures {
	const bytes = factor * 1e6;
	return Object.fromEntries(stepNames.map(step => [step, {seconds: factor, cpuSeconds: factor / 2, peakBytes: bytes, repositoryBytes: step === 'next' ? 2 * bytes : bytes}]));
}

type Sample = {
	readonly kind: DataKind;
	/** @default 22,003 files of 981 MB */
	readonly size?: TreeSize;
	/** The factor of each round; see `createRound`. */
	readonly contenders: ReadonlyArray<Omit<Contender, 'tool'> & {readonly rounds: readonly number[]}>;
};

/** What a section may have come to. */
export function createSection(samples: readonly Sample[]): SectionResult {
	return {
		date: '2026-11-21',
		machine: {processor: 'Model X', cores: 2, memoryBytes: 8e9, system: 'Some Linux 12', kernel: '6.1.0', fileSystem: 'ext2/ext3'},
		rounds: samples[0]!.contenders[0]!.rounds.length,
		commandLine: 'npm run bench',
		isTrial: false,
		installed: [{key: 'coffer', versions: ['coffer 0.1.0', 'node 24.0.0']}, {key: 'pipeline', versions: ['tar 1.34']}],
		leftOut: [{name: 'restic', reason: 'not installed'}],
		dataSets: samples.map(({kind, size = {files: 22_003, bytes: 981e6}, contenders}) => ({
			kind, size,
			title: 'Some data',
			description: 'Of a kind.',
			changes: {small: 21_000, changed: 210, renamed: 42},
			contenders: contenders.map(contender => ({...contender, rounds: contender.rounds.map(factor => createRound(factor))})),
		})),
	};
}
