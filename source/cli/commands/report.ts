import type {CommandContext} from '../command-line.ts';
import {makeReport} from '../monitoring/make-report.ts';
import {reportToJson} from '../monitoring/report-json.ts';
import {renderMarkdown} from '../monitoring/report-markdown.ts';
import {parsePastTime} from '../past-time.ts';

/** `coffer report`. */
export async function report(context: CommandContext): Promise<number> {
	const {arguments: flags, runtime, output} = context;
	const fromMs = parsePastTime(flags.text('since') ?? '7d', runtime.now(), '--since');
	const made = await context.interruptible(async signal => makeReport(context, fromMs, signal));
	output.value(reportToJson(made));
	output.printText(renderMarkdown(made).trimEnd());
	return 0;
}
