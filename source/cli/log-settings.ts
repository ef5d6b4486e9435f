import {defaultLogSettings, type LogSettings} from '../logs/settings.ts';
import type {Config} from './config-schema.ts';
import {parseAmount} from './data-share.ts';

/** How much of the logs is kept by the configuration. @default begun anew at 10 MB, kept for 90 days */
export function logSettingsOf(config: Pick<Config, 'logs'> | undefined): LogSettings {
	const {size, days} = config?.logs ?? {};
	return {sizeBytes: (size === undefined ? undefined : parseAmount(size)) ?? defaultLogSettings.sizeBytes, days: days ?? defaultLogSettings.days};
}
