import type {Dashboard} from './dashboard.ts';
import type {ActionId} from './keymap.ts';
import type {Movement} from './scrolling.ts';

/** What an action does on one screen. */
export type Handler = {
	/** Why it cannot be done now, in one sentence for the status line; `undefined`: it can. */
	readonly unavailable?: (dashboard: Dashboard) => string | undefined;
	/** @param key - The one that was pressed, by its name; empty when it was no key. */
	readonly run: (dashboard: Dashboard, key: string) => void;
};

export type Handlers = Partial<Record<ActionId, Handler>>;

/** The six movements of a list. */
export function movementHandlers(move: (dashboard: Dashboard, movement: Movement) => void): Handlers {
	const movements: readonly Movement[] = ['up', 'down', 'first', 'last', 'page-up', 'page-down'];
	return Object.fromEntries(movements.map(movement => [movement, {run(dashboard: Dashboard) {
		move(dashboard, movement);
	}} satisfies Handler]));
}

/** Rows of a page, for a list that has most of the screen. */
export const pageRows = ({state: {size}}: Dashboard): number => Math.max(4, size.rows - 9);
