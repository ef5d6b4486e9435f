import type {Dashboard} from '../../dashboard.ts';
import {logFileOf} from '../../../logs/log-files.ts';
import {followLog} from '../../log-follower.ts';
import {screenSignal} from '../../screen-signal.ts';
import {addNews, createLogScreen} from './state.ts';

/** Open the log; it is followed until its screen is closed. @param filter - What is shown of it at first. @default everything */
export function openLog(dashboard: Dashboard, filter = ''): void {
	const {options, clock} = dashboard;
	const file = logFileOf(options.log.folder, 'backup');
	const id = dashboard.openScreen(createLogScreen(file, filter));
	void followLog(file, {clock, signal: screenSignal(dashboard, id), onNews(news) {
		dashboard.changeScreen(id, 'log', screen => addNews(screen, news));
	}});
}
