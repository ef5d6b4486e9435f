import type {Alert, AlertKind} from '../../../engine/index.ts';
import type {Dashboard} from '../../dashboard.ts';
import {movementHandlers, pageRows, type Handlers} from '../../handler.ts';
import {createLine, emptyLine} from '../../line-edit.ts';
import {clampRow} from '../../model/selectors.ts';
import {moveRow} from '../../scrolling.ts';
import {backUp, whyNoBackup} from '../../work.ts';
import {openAudit} from '../audit/open.ts';
import {openKeys} from '../keys/open.ts';
import {openSchedule} from '../schedule/open.ts';
import type {OpenScreen} from '../screen.ts';
import {createSourceScreen} from '../source/state.ts';
import {shownAlerts} from './shown-alerts.ts';
import type {AlertsScreen} from './state.ts';

type Open = Extract<OpenScreen, {kind: 'alerts'}>;

function look({state}: Dashboard): {readonly screen: Open; readonly alerts: readonly Alert[]; readonly alert: Alert | undefined} {
	const screen = state.screens.at(-1) as Open;
	const alerts = shownAlerts(state, screen);
	return {screen, alerts, alert: alerts[clampRow(screen.cursor, alerts.length)]};
}

function change(dashboard: Dashboard, update: Partial<AlertsScreen>): void {
	dashboard.changeScreen(look(dashboard).screen.id, 'alerts', screen => ({...screen, ...update}));
}

const whyNoAlert = (dashboard: Dashboard): string | undefined => look(dashboard).alert ? undefined : 'There is no alert here.';

const sourceOf = ({state}: Dashboard, alert: Alert | undefined) => state.overview?.sources.find(({name}) => name === alert?.object);

/** The screens of what is no source. */
const screens: Readonly<Partial<Record<AlertKind, (dashboard: Dashboard) => void>>> = {
	'key-age': openKeys, 'slot-expiry': openKeys, recovery: openKeys, key: openKeys, idle: openSchedule, missed: openSchedule, job: openSchedule, 'audit-log': openAudit,
};

function acknowledge(dashboard: Dashboard, alert: Alert, note?: string): void {
	dashboard.load(async engine => engine.acknowledge(alert.key, note), () => {
		dashboard.notify(`Acknowledged: ${alert.object}, ${alert.message}.`, 'ok');
		dashboard.refresh();
	});
}

/** The keys of the screen of alerts. */
export const alertsHandlers: Handlers = {
	...movementHandlers((dashboard, movement) => {
		const {alerts, screen} = look(dashboard);
		change(dashboard, {cursor: moveRow(clampRow(screen.cursor, alerts.length), movement, {count: alerts.length, page: pageRows(dashboard)})});
	}),
	acknowledge: {
		unavailable: whyNoAlert,
		run(dashboard) {
			acknowledge(dashboard, look(dashboard).alert!);
		},
	},
	note: {
		unavailable: whyNoAlert,
		run(dashboard) {
			const alert = look(dashboard).alert!;
			dashboard.openOverlay({kind: 'prompt', title: 'Acknowledge', hint: `A note on "${alert.object}: ${alert.message}", such as what was done or asked:`, line: createLine(alert.acknowledged?.note ?? ''), onAnswer(text) {
				acknowledge(dashboard, alert, text.trim() || undefined);
			}});
		},
	},
	unacknowledge: {
		unavailable: dashboard => whyNoAlert(dashboard) ?? (look(dashboard).alert!.acknowledged ? undefined : 'This alert is open.'),
		run(dashboard) {
			dashboard.load(async engine => engine.unacknowledge(look(dashboard).alert!.key), () => {
				dashboard.refresh();
			});
		},
	},
	'all-alerts': {run(dashboard) {
		change(dashboard, {isShowingAll: !look(dashboard).screen.isShowingAll, cursor: 0});
	}},
	filter: {run(dashboard) {
		const {filter} = look(dashboard).screen;
		dashboard.openOverlay({kind: 'filter', line: filter === '' ? emptyLine : createLine(filter), before: filter, onChange(text) {
			change(dashboard, {filter: text, cursor: 0});
		}});
	}},
	open: {
		unavailable: whyNoAlert,
		run(dashboard) {
			const {alert} = look(dashboard);
			const source = sourceOf(dashboard, alert);
			if (source) {
				dashboard.openScreen(createSourceScreen(source));
			} else {
				const openObject = screens[alert!.kind];
				if (openObject) {
					openObject(dashboard);
				} else {
					dashboard.notify(`Next step: ${alert!.nextStep}.`);
				}
			}
		},
	},
	backup: {
		unavailable(dashboard) {
			const source = sourceOf(dashboard, look(dashboard).alert);
			return source ? whyNoBackup(dashboard, source.name) : 'This alert is not about a source.';
		},
		run(dashboard) {
			backUp(dashboard, [sourceOf(dashboard, look(dashboard).alert)!.name]);
		},
	},
};
