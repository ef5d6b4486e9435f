import path from 'node:path';
import {CofferError} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {collectMetrics} from '../metrics/collect-metrics.ts';
import {renderMetrics} from '../metrics/exposition.ts';
import {flawOfMetricsFile, writeMetrics} from '../metrics/metrics-file.ts';

/** `coffer metrics`. */
export async function metrics(context: CommandContext): Promise<number> {
	const {arguments: flags, output, runtime, cwd} = context;
	const given = flags.text('file');
	const flaw = given === undefined ? undefined : flawOfMetricsFile(given);
	if (flaw !== undefined) {
		throw new CofferError('usage', `The file of --file ${flaw}.`);
	}

	const collected = await context.interruptible(async signal => collectMetrics(context, signal));
	const text = renderMetrics(collected);
	if (given === undefined) {
		output.value(collected);
		output.printText(text.trimEnd());
		return 0;
	}

	const file = path.resolve(cwd, given);
	await writeMetrics(file, text, runtime);
	const samples = collected.reduce((sum, metric) => sum + metric.samples.length, 0);
	output.value({file, samples});
	output.note(`${samples} values written to ${file}.`);
	return 0;
}
