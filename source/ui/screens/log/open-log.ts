import {logChannels} from '../../../logs/channel.ts';
import {followLogs} from '../../../logs/follow-logs.ts';
import type {Clock} from '../../clock.ts';
import type {Dashboard} from '../../dashboard.ts';
import {screenSignal} from '../../screen-signal.ts';
import {addNews, createLogScreen, keptLines} from './state.ts';

/** How often the logs are looked at, in milliseconds. */
const lookMs = 1000;

/** Open the logs; they are followed until the screen is closed. @param filter - What is shown of them at first. @default everything */
export function openLog(dashboard: Dashboard, filter = ''): void {
	const {options, clock} = dashboard;
	const {folder} = options.log;
	const id = dashboard.openScreen(createLogScreen(folder, filter));
	const signal = screenSignal(dashboard, id);
	void followLogs(folder, {channels: logChannels, filter: {}, count: keptLines, signal, wait: async () => pause(clock, signal), onNews(news) {
		if (!signal.aborted) {
			dashboard.changeScreen(id, 'log', screen => addNews(screen, news));
		}
	}});
}

/** Until the next look, or until there shall be none. */
async function pause(clock: Pick<Clock, 'after'>, signal: AbortSignal): Promise<void> {
	if (signal.aborted) {
		return;
	}

	await new Promise<void>(resolve => {
		const end = () => {
			cancel();
			resolve();
		};

		const cancel = clock.after(lookMs, () => {
			signal.removeEventListener('abort', end);
			resolve();
		});
		signal.addEventListener('abort', end, {once: true});
	});
}
