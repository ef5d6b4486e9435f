import {printAlert} from '../alert-printing.ts';
import type {CommandContext} from '../command-line.ts';
import {alertToJson} from '../alerts/alert-json.ts';
import {announceAlerts} from '../alerts/announce-alerts.ts';
import {logAlerts} from '../monitoring/alert-log.ts';
import {watchHost} from '../monitoring/watch-host.ts';
import {formatAmount} from '../../text/format.ts';

/** `coffer monitor`, also `coffer health`. */
export async function monitor(context: CommandContext): Promise<number> {
	const {output, log} = context;
	const {alerts, code, repository} = await context.interruptible(async signal => watchHost(context, signal));
	logAlerts(log.in('monitor'), alerts);
	output.value(alerts.map(alert => alertToJson(alert)));
	for (const alert of alerts) {
		printAlert(context, alert, {hasRunbook: true});
	}

	const criticals = alerts.filter(({severity}) => severity === 'critical').length;
	output.note(alerts.length === 0 ? 'All is well.' : `${formatAmount(alerts.length, 'finding')}, ${criticals} of them critical.`);
	await context.interruptible(async signal => announceAlerts(context, {repository, signal}));
	return code;
}
