import {CofferError, errorText, systemErrorCode} from '../../engine/index.ts';
import {formatAmount} from '../../text/format.ts';
import {makeReport} from '../monitoring/make-report.ts';
import {writeReport} from '../monitoring/report-files.ts';
import {renderHtml} from '../monitoring/report-html.ts';
import {renderMarkdown} from '../monitoring/report-markdown.ts';
import type {RunJob} from './run-job.ts';

const dayMs = 24 * 60 * 60 * 1000;
const defaultDays = 7;

/** Writes the report of the last days, as Markdown and HTML, to `reports/` below the state folder. */
export const runReportJob: RunJob = async (context, {days = defaultDays}, signal) => {
	const {runtime, paths} = context;
	const nowMs = runtime.now();
	const report = await makeReport(context, nowMs - days * dayMs, signal);
	try {
		const file = await writeReport(paths.stateFolder, {md: renderMarkdown(report), html: renderHtml(report)}, nowMs);
		const {runs, failed} = report.totals;
		return {code: 0, summary: `${formatAmount(days, 'day')}: ${formatAmount(runs, 'run')}, ${failed} failed, ${formatAmount(report.alerts.length, 'open alert')}; ${file}`, facts: {file, runs, failed, alerts: report.alerts.length}};
	} catch (error) {
		if (systemErrorCode(error) === undefined) {
			throw error;
		}

		throw new CofferError('state-failed', `The report could not be written below ${paths.stateFolder}: ${errorText(error)}. Make room there, or let this user write there.`, {cause: error});
	}
};
