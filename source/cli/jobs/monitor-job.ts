import {logAlerts, sumUpAlerts} from '../monitoring/alert-log.ts';
import {watchHost} from '../monitoring/watch-host.ts';
import type {RunJob} from './run-job.ts';

/** Runs every check and raises the alerts of what is found. A monitor that found something has done its work: it is not run again in its slot. */
export const runMonitorJob: RunJob = async (context, _job, signal) => {
	const {alerts, code} = await watchHost(context, signal);
	logAlerts(context.log.in('monitor'), alerts);
	return {code, outcome: 'ok', summary: sumUpAlerts(alerts), facts: {alerts: alerts.length}};
};
