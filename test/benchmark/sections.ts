import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {asTheyCome, type Contender} from './contender.ts';
import {largeDataSet, manyDataSet, realDataSet, serverDataSet, singleDataSet, type DataSet} from './data-sets.ts';
import type {Step} from './figures.ts';
import type {LeftOutTool} from './installed-tools.ts';
import {createCoffer} from './tools/coffer.ts';
import {pinned} from './tools/tool-variants.ts';
import {tools, type ToolKey} from './tools/tools.ts';

export type SectionPlan = {
	readonly contenders: readonly Contender[];
	readonly dataSets: readonly DataSet[];
	/** @default all */
	readonly measured?: readonly Step[];
	readonly leftOut: readonly LeftOutTool[];
};

/** What a section is planned from. */
export type PlanOptions = {
	readonly installed: readonly ToolKey[];
	/** Of all generated data; 1 is what is published. */
	readonly size: number;
	/** The folder of the machine that is copied as data. */
	readonly real: string;
};

/** The sizes at which the cost is looked at, as shares of the whole. */
export const threeSizes = [0.1, 0.3, 1] as const;
/** Of the server's data, where it is measured in many ways. */
const coresSize = 0.5;
const countsOfProcessors = [1, 2, 4, 8];
const countsOfThreads = [1, 2, 4];
const coresSteps: readonly Step[] = ['first', 'verify', 'restore'];

/** The processors that a list such as `0-2,5` names (proc(5), Cpus_allowed_list). */
export function parseProcessors(list: string): number[] {
	return list.split(',').flatMap(part => {
		const [first, last] = part.split('-').map(Number) as [number, number?];
		return Array.from({length: (last ?? first) - first + 1}, (_, index) => first + index);
	});
}

/** The numbers of the processors that this process may use. */
export function usableProcessors(): number[] {
	return parseProcessors(/^Cpus_allowed_list:\s+(?<list>\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))!.groups!['list']!);
}

/** Coffer and restic on so many processors each, and coffer with several numbers of threads on each. */
export function planCores(installed: readonly ToolKey[], processors: readonly number[]): Contender[] {
	return countsOfProcessors.filter(count => count <= processors.length).flatMap(count => {
		const some = processors.slice(0, count);
		const ways = installed.includes('coffer') ? countsOfThreads.map((threads): Contender => ({id: `coffer-${count}-${threads}`, key: 'coffer', tool: pinned(createCoffer({threads}), some), processors: count, threads})) : [];
		return [...ways, ...(installed.includes('restic') ? [{id: `restic-${count}`, key: 'restic', tool: pinned(tools.restic, some), processors: count} as const] : [])];
	});
}

const notHere = (installed: readonly ToolKey[]): LeftOutTool[] => installed.filter(key => key !== 'coffer' && key !== 'restic').map(key => ({name: tools[key].name, reason: 'left out to keep it short'}));

/** The parts that can be run, and stored, by themselves. */
export const sections = {
	compare: ({installed, size, real}: PlanOptions): SectionPlan => ({contenders: asTheyCome(installed), dataSets: [serverDataSet(size), realDataSet(real)], leftOut: []}),
	sizes: ({installed, size}: PlanOptions): SectionPlan => ({
		contenders: asTheyCome(installed.filter(key => key === 'coffer' || key === 'restic')),
		dataSets: [...threeSizes.map(share => serverDataSet(share * size)), singleDataSet(), manyDataSet(size), largeDataSet(size)],
		leftOut: notHere(installed),
	}),
	cores({installed, size}: PlanOptions): SectionPlan {
		if (spawnSync('taskset', ['--version']).status !== 0) {
			throw new Error('taskset is not found, which keeps a program on some of the processors: apt-get install util-linux');
		}

		return {contenders: planCores(installed, usableProcessors()), dataSets: [serverDataSet(coresSize * size)], measured: coresSteps, leftOut: notHere(installed)};
	},
} as const satisfies Record<string, (options: PlanOptions) => SectionPlan>;

export type SectionName = keyof typeof sections;

export const sectionNames = Object.keys(sections) as readonly SectionName[];
