import {ownTimeZone} from '../engine/index.ts';
import {alertSettingsOf} from './alerts/alert-settings.ts';
import type {LoadedConfig} from './config.ts';
import {referenceWithoutArguments, type Setting} from './effective-settings.ts';

const hourMs = 60 * 60 * 1000;

function describeMember(value: unknown, folder: string): unknown {
	const isReference = typeof value === 'object' && value !== null && ('file' in value || 'env' in value || 'command' in value);
	return isReference ? referenceWithoutArguments(value as Parameters<typeof referenceWithoutArguments>[0], folder) : value;
}

/** What is told, when, and to whom: the settings of `alerts` and `ping`. Of secrets only where they are found. */
export function describeAlerts(config: LoadedConfig | undefined): Setting[] {
	const {alerts = {}, schedule, ping} = config ?? {};
	const {repeatAfterMs, escalateAfterMs} = alertSettingsOf(config);
	const values = {
		repeatHours: repeatAfterMs / hourMs,
		escalateHours: escalateAfterMs / hourMs,
		quiet: alerts.quiet ?? null,
		digest: alerts.digest ?? null,
		timeZone: alerts.timeZone ?? schedule?.timeZone ?? ownTimeZone(),
	};
	const isGiven = (key: keyof typeof values) => alerts[key] !== undefined || (key === 'timeZone' && schedule?.timeZone !== undefined);
	const all = (Object.entries(values) as Array<[keyof typeof values, unknown]>).map(([key, value]): Setting => ({name: `alerts.${key}`, value, from: isGiven(key) ? config!.file : 'default'}));
	const members = (prefix: string, section: object) => Object.entries(section)
		.filter(([, value]) => value !== undefined)
		.map(([key, value]): Setting => ({name: `${prefix}.${key}`, value: describeMember(value, config!.folder), from: config!.file}));
	return [...all, ...Object.entries(alerts.channels ?? {}).flatMap(([name, channel]) => members(`alerts.channels.${name}`, channel)), ...members('ping', ping ?? {})];
}
