import type {EngineThread} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {loadConfig} from '../config.ts';
import {AlertWatch} from './alert-watch.ts';
import {hasChannels} from './end-work.ts';

/**
Tell of alerts from now on, as long as this process lasts or until the watch is left.
@param configFile - Read anew for each telling: others may have changed it since.
*/
export function startAlertWatch(context: CommandContext, configFile: string): AlertWatch {
	return new AlertWatch({
		runtime: context.runtime,
		log: context.log.in('monitor'),
		async announce(options) {
			const config = await loadConfig(configFile, {isNamed: false});
			if (config && hasChannels(config)) {
				const {announceAlerts} = await import('./announce-alerts.ts');
				await announceAlerts(context, {...options, config});
			}
		},
	});
}

/** The same engine, each of whose overviews the watch sees. */
export function watched(engine: EngineThread, watch: Pick<AlertWatch, 'see'>): EngineThread {
	return {
		...engine,
		async overview(options) {
			const overview = await engine.overview(options);
			watch.see(overview);
			return overview;
		},
	};
}
