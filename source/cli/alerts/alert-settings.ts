import {defaultAlertSettings, ownTimeZone, type AlertSettings} from '../../engine/index.ts';
import type {Config} from '../config-schema.ts';

const hourMs = 60 * 60 * 1000;

/** @param text - Such as `07:30`. */
function minuteOf(text: string): number {
	const [hours, minutes] = text.split(':').map(Number) as [number, number];
	return hours * 60 + minutes;
}

/** When alerts are told by the configuration. Times are those of its time zone, else of the schedule's, else of this machine's. */
export function alertSettingsOf(config: Pick<Config, 'alerts' | 'schedule'> | undefined): AlertSettings {
	const {repeatHours, escalateHours, quiet, digest, timeZone} = config?.alerts ?? {};
	const zone = timeZone ?? config?.schedule?.timeZone ?? ownTimeZone();
	return {
		repeatAfterMs: repeatHours === undefined ? defaultAlertSettings.repeatAfterMs : repeatHours * hourMs,
		escalateAfterMs: escalateHours === undefined ? defaultAlertSettings.escalateAfterMs : escalateHours * hourMs,
		...(quiet && {quietHours: {fromMinute: minuteOf(quiet.from), toMinute: minuteOf(quiet.to), timeZone: quiet.timeZone ?? zone}}),
		...(digest !== undefined && {digest: {minute: minuteOf(digest), timeZone: zone}}),
	};
}
