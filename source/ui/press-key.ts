import type {Dashboard} from './dashboard.ts';
import {findBinding, type ActionId} from './keymap.ts';
import {isCompact} from './layout.ts';
import type {KeyPress} from './key-press.ts';
import {pasteIntoOverlay, pressOverlayKey} from './overlays/press-overlay-key.ts';
import {currentScreenKind, handlerOf} from './screens/registry.ts';

/** What the compact screen, where no cursor is seen, has keys for. */
const harmless: ReadonlySet<ActionId> = new Set(['quit', 'interrupt', 'redraw', 'suspend', 'refresh', 'help', 'back']);

/** What a key does now: an overlay takes it first, then the screen that is seen. */
export function pressKey(dashboard: Dashboard, press: KeyPress): void {
	const {overlay} = dashboard.state;
	// Leaving and the terminal itself are within reach everywhere.
	if (overlay && (overlay.kind === 'leave' || !['ctrl-c', 'ctrl-l', 'ctrl-z'].includes(press.name))) {
		pressOverlayKey(dashboard, overlay, press);
		return;
	}

	const binding = findBinding(currentScreenKind(dashboard.state), press.name);
	if (binding && isCompact(dashboard.state) && !harmless.has(binding.action)) {
		return;
	}

	if (binding) {
		runAction(dashboard, binding.action, press.name);
	}
}

/** Do what an action means on the screen that is seen, or say why not. @param key - That was pressed for it. @default none */
export function runAction(dashboard: Dashboard, action: Parameters<typeof handlerOf>[1], key = ''): void {
	const handler = handlerOf(currentScreenKind(dashboard.state), action);
	if (!handler) {
		return;
	}

	const reason = handler.unavailable?.(dashboard);
	if (reason === undefined) {
		handler.run(dashboard, key);
	} else {
		dashboard.notify(reason, 'warning');
	}
}

/** Pasted text goes into a line that is typed, and nowhere else: never are its characters taken for keys. */
export function paste(dashboard: Dashboard, text: string): void {
	const {overlay} = dashboard.state;
	if (overlay) {
		pasteIntoOverlay(dashboard, overlay, text);
	}
}
