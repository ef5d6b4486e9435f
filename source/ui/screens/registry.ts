import type {Handler, Handlers} from '../handler.ts';
import type {ActionId} from '../keymap.ts';
import type {DashboardState} from '../model/state.ts';
import {alertsHandlers} from './alerts/handlers.ts';
import {auditHandlers} from './audit/handlers.ts';
import {commonHandlers} from './common-handlers.ts';
import {diffHandlers} from './diff/handlers.ts';
import {jobHandlers} from './job/handlers.ts';
import {keysHandlers} from './keys/handlers.ts';
import {logHandlers} from './log/handlers.ts';
import {mainHandlers} from './main/handlers.ts';
import {pruneHandlers} from './prune/handlers.ts';
import {recoveryHandlers} from './recovery/handlers.ts';
import {restoreHandlers} from './restore/handlers.ts';
import {rotationHandlers} from './rotation/handlers.ts';
import {scheduleHandlers} from './schedule/handlers.ts';
import type {ScreenKind} from './screen.ts';
import {firstRunHandlers} from './set-up/handlers.ts';
import {sourceHandlers} from './source/handlers.ts';

const handlers: Readonly<Record<ScreenKind, Handlers>> = {
	...restoreHandlers, main: mainHandlers, source: sourceHandlers, diff: diffHandlers, log: logHandlers, alerts: alertsHandlers, audit: auditHandlers, keys: keysHandlers, rotation: rotationHandlers, recovery: recoveryHandlers, schedule: scheduleHandlers, prune: pruneHandlers, job: jobHandlers, 'set-up': firstRunHandlers,
};

export function currentScreenKind({screens}: Pick<DashboardState, 'screens'>): ScreenKind {
	const screen = screens.at(-1);
	if (screen === undefined) {
		return 'main';
	}

	return screen.kind === 'restore' ? `restore-${screen.step}` : screen.kind;
}

/** What an action does on a screen: its own handler, or else the one that all screens share. */
export function handlerOf(screen: ScreenKind, action: ActionId): Handler | undefined {
	return handlers[screen][action] ?? commonHandlers[action];
}
