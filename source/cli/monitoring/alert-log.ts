import type {Alert} from '../../engine/index.ts';
import {formatAmount} from '../../text/format.ts';
import type {LogWriter} from '../log.ts';

/** One line for people: how much is wrong, and with what. */
export function sumUpAlerts(alerts: ReadonlyArray<Pick<Alert, 'severity' | 'object'>>): string {
	const count = (severity: Alert['severity']) => alerts.filter(alert => alert.severity === severity).length;
	const [criticals, warnings] = [count('critical'), count('warning')];
	const counts = [...(criticals > 0 ? [`${criticals} critical`] : []), ...(warnings > 0 ? [formatAmount(warnings, 'warning')] : [])].join(', ');
	return alerts.length === 0 ? 'all is well' : `${counts}: ${[...new Set(alerts.map(({object}) => object))].join(', ')}`;
}

/** Each alert as a line of the log, so that it tells what was wrong at any time. */
export function logAlerts(log: LogWriter, alerts: readonly Alert[]): void {
	for (const {key, severity, object, message, cause, nextStep, firstSeen} of alerts) {
		log.write(severity === 'critical' ? 'error' : 'warn', `${object}: ${message}`, {key, severity, since: firstSeen, cause, nextStep});
	}

	log.write('info', `monitor: ${sumUpAlerts(alerts)}`, {alerts: alerts.length});
}
