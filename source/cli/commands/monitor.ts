import {runbookOf, type Alert} from '../../engine/index.ts';
import {printAlert} from '../alert-printing.ts';
import type {CommandContext} from '../command-line.ts';
import {logAlerts} from '../monitoring/alert-log.ts';
import {watchHost} from '../monitoring/watch-host.ts';
import {formatAmount} from '../../text/format.ts';

function toJson({key, kind, severity, object, message, cause, nextStep, firstSeen, acknowledged}: Alert) {
	return {key, kind, severity, object, message, cause: cause ?? null, nextStep, runbook: runbookOf(kind), since: firstSeen, acknowledged: acknowledged ?? null};
}

/** `coffer monitor`, also `coffer health`. */
export async function monitor(context: CommandContext): Promise<number> {
	const {output, log} = context;
	const {alerts, code} = await context.interruptible(async signal => watchHost(context, signal));
	logAlerts(log.in('monitor'), alerts);
	output.value(alerts.map(alert => toJson(alert)));
	for (const alert of alerts) {
		printAlert(context, alert, {hasRunbook: true});
	}

	const criticals = alerts.filter(({severity}) => severity === 'critical').length;
	output.note(alerts.length === 0 ? 'All is well.' : `${formatAmount(alerts.length, 'finding')}, ${criticals} of them critical.`);
	return code;
}
