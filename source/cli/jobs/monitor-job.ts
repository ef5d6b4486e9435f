import path from 'node:path';
import {errorText, isCofferError} from '../../engine/index.ts';
import {announceAlerts} from '../alerts/announce-alerts.ts';
import type {CommandContext} from '../command-line.ts';
import {collectMetrics} from '../metrics/collect-metrics.ts';
import {renderMetrics} from '../metrics/exposition.ts';
import {writeMetrics} from '../metrics/metrics-file.ts';
import {logAlerts, sumUpAlerts} from '../monitoring/alert-log.ts';
import {watchHost} from '../monitoring/watch-host.ts';
import type {RunJob} from './run-job.ts';

/** Write the metrics where the configuration wants them. What keeps them from being written is told, and keeps nothing else from being done. */
async function writeConfiguredMetrics(context: CommandContext, signal: AbortSignal): Promise<void> {
	const config = await context.config();
	const file = config?.metrics?.file;
	if (config === undefined || file === undefined) {
		return;
	}

	try {
		await writeMetrics(path.resolve(config.folder, file), renderMetrics(await collectMetrics(context, signal)), context.runtime);
	} catch (error) {
		if (!isCofferError(error) || error.code === 'aborted') {
			throw error;
		}

		context.output.warn(errorText(error));
	}
}

/** Runs every check and raises the alerts of what is found; then writes the metrics. A monitor that found something has done its work: it is not run again in its slot. */
export const runMonitorJob: RunJob = async (context, _job, signal) => {
	const {alerts, code, repository} = await watchHost(context, signal);
	logAlerts(context.log.in('monitor'), alerts);
	await announceAlerts(context, {repository, signal});
	await writeConfiguredMetrics(context, signal);
	return {code, outcome: 'ok', summary: sumUpAlerts(alerts), facts: {alerts: alerts.length}};
};
