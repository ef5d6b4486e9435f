import type {Report} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {jobsOf} from '../configured-jobs.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {configuredSources} from '../source-requests.ts';

/** The time from `fromMs` until now. @throws what opening and looking at the repository throw */
export async function makeReport(context: CommandContext, fromMs: number, signal: AbortSignal): Promise<Report> {
	const config = await context.config();
	const engine = await openEngine(context, createEventPrinter(context).listener);
	try {
		const sources = configuredSources(config).map(({source: {name, kind}}) => ({name, kind}));
		return await engine.monitoring.report({fromMs, sources, jobs: config ? jobsOf(config) : []}, {signal});
	} finally {
		await engine.close();
	}
}
