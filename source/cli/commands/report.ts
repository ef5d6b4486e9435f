import {realpath} from 'node:fs/promises';
import path from 'node:path';
import {CofferError, errorText, systemErrorCode, type Report} from '../../engine/index.ts';
import {toSafeJson} from '../../text/display-text.ts';
import type {CommandContext} from '../command-line.ts';
import {replaceFile} from '../durable-file.ts';
import {makeReport} from '../monitoring/make-report.ts';
import {renderHtml} from '../monitoring/report-html.ts';
import {reportToJson} from '../monitoring/report-json.ts';
import {renderMarkdown} from '../monitoring/report-markdown.ts';
import {parsePastTime} from '../past-time.ts';

/** The forms of a report, each with what writes it. */
const forms: Readonly<Record<string, (made: Report) => string>> = {
	markdown: renderMarkdown,
	html: renderHtml,
	json: made => `${toSafeJson(reportToJson(made))}\n`,
};

/** @throws `usage` where --json asks for another form than --format */
function chooseForm({arguments: flags, output}: CommandContext): string {
	const format = flags.text('format');
	if (output.isJson && format !== undefined && format !== 'json' && flags.text('output') === undefined) {
		throw new CofferError('usage', `Either --json or --format ${format}: a report is printed in one form.`);
	}

	return format ?? (output.isJson ? 'json' : 'markdown');
}

/** In the place of a file that is there, as a whole or not at all, of mode 0600. @throws `state-failed` */
async function writeOutput({runtime}: CommandContext, file: string, text: string): Promise<void> {
	try {
		const folder = await realpath(path.dirname(file));
		await replaceFile(path.join(folder, path.basename(file)), text, path.join(folder, `.${path.basename(file)}.${runtime.randomBytes(8).toString('hex')}.tmp`));
	} catch (error) {
		if (systemErrorCode(error) === undefined) {
			throw error;
		}

		throw new CofferError('state-failed', `The report could not be written to ${file}: ${errorText(error)}. Name another file.`, {context: {file}, cause: error});
	}
}

/** `coffer report`. */
export async function report(context: CommandContext): Promise<number> {
	const {arguments: flags, runtime, output, cwd} = context;
	const form = chooseForm(context);
	const fromMs = parsePastTime(flags.text('since') ?? '7d', runtime.now(), '--since');
	const made = await context.interruptible(async signal => makeReport(context, fromMs, signal));
	const given = flags.text('output');
	if (given !== undefined) {
		const file = path.resolve(cwd, given);
		await writeOutput(context, file, forms[form]!(made));
		output.value({file, format: form});
		output.note(`The report was written to ${file}.`);
		return 0;
	}

	output.value(reportToJson(made));
	output.printText(forms[form]!(made).trimEnd());
	return 0;
}
