import type {EngineThread} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {loadConfig, type LoadedConfig} from '../config.ts';
import {AlertWatch} from './alert-watch.ts';

/**
A watch for a dashboard with a configuration, which is read anew for each telling: others may have changed it since.
*/
export function watchDashboard(context: CommandContext, {file}: LoadedConfig): {readonly watch: (engine: EngineThread) => EngineThread; readonly leave: () => void} {
	const log = context.log.in('monitor');
	const alerts = new AlertWatch({
		runtime: context.runtime, log,
		async announce(options) {
			const config = await loadConfig(file, {isNamed: true});
			const {announceAlerts} = await import('./announce-alerts.ts');
			await announceAlerts(context, {...options, ...(config && {config})});
		},
	});
	return {
		watch(engine) {
			return {
				...engine,
				async overview(options) {
					const overview = await engine.overview(options);
					alerts.see(overview);
					return overview;
				},
			};
		},
		leave() {
			alerts.leave();
		},
	};
}
