import type {Dashboard} from '../dashboard.ts';
import {findBinding} from '../keymap.ts';
import {editLine, insertText} from '../line-edit.ts';
import type {KeyPress} from '../key-press.ts';
import {edgeLines} from '../layout.ts';
import type {VerifyDepth} from '../model/job.ts';
import type {Overlay} from '../model/overlay.ts';
import {currentScreenKind} from '../screens/registry.ts';
import {isMovement, moveRow, type Movement} from '../scrolling.ts';
import {helpLines, helpRows} from './help-rows.ts';
import {messageRows} from './message-rows.ts';
import {overlayColumns} from './overlay-columns.ts';
import {pressPaletteKey} from './palette.ts';

type Of<Kind extends Overlay['kind']> = Extract<Overlay, {kind: Kind}>;

export const verifyDepths: readonly VerifyDepth[] = ['quick', 'sample', 'full'];

function pressFilterKey(dashboard: Dashboard, overlay: Of<'filter'>, press: KeyPress): void {
	if (press.name === 'enter' || press.name === 'escape') {
		dashboard.closeOverlay();
		if (press.name === 'escape') {
			overlay.onChange(overlay.before);
		} else {
			overlay.onKeep?.();
		}

		return;
	}

	const line = editLine(overlay.line, press);
	if (line) {
		dashboard.openOverlay({...overlay, line});
		overlay.onChange(line.text);
	}
}

function pressPromptKey(dashboard: Dashboard, overlay: Of<'prompt'>, press: KeyPress): void {
	const isRefused = press.name === 'enter' && overlay.examine?.(overlay.line.text).problem !== undefined;
	if (isRefused) {
		return;
	}

	if (press.name === 'escape' || press.name === 'enter') {
		dashboard.closeOverlay();
		if (press.name === 'enter') {
			overlay.onAnswer(overlay.line.text);
		}

		return;
	}

	const line = editLine(overlay.line, press);
	if (line) {
		const {problem: _, ...rest} = overlay;
		dashboard.openOverlay({...rest, line});
	}
}

function pressConfirmKey(dashboard: Dashboard, overlay: Of<'confirm'>, press: KeyPress): void {
	// Enter is pressed too easily: it confirms nothing, and takes nothing back.
	if (press.name === 'enter') {
		return;
	}

	dashboard.closeOverlay();
	if (press.name.toLowerCase() === 'y') {
		overlay.onConfirm();
	}
}

function pressTypedKey(dashboard: Dashboard, overlay: Of<'typed'>, press: KeyPress): void {
	if (press.name === 'escape') {
		dashboard.closeOverlay();
		return;
	}

	if (press.name === 'enter') {
		if (overlay.line.text === overlay.word) {
			dashboard.closeOverlay();
			overlay.onConfirm();
		} else {
			dashboard.openOverlay({...overlay, problem: `That is not "${overlay.word}".`});
		}

		return;
	}

	const line = editLine(overlay.line, press);
	if (line) {
		const {problem: _, ...rest} = overlay;
		dashboard.openOverlay({...rest, line});
	}
}

function pressSecretKey(dashboard: Dashboard, overlay: Of<'secret'>, press: KeyPress): void {
	const {problem: _, ...rest} = overlay;
	const {input} = rest;
	if (press.name === 'escape') {
		dashboard.closeOverlay();
	} else if (press.name === 'enter') {
		const problem = input.isEmpty ? undefined : rest.onAnswer(input.take());
		if (problem !== undefined) {
			dashboard.openOverlay({...rest, problem});
		}
	} else if (press.name === 'tab') {
		dashboard.openOverlay({...rest, isShown: !rest.isShown});
	} else if (input.press(press)) {
		dashboard.openOverlay(rest);
	}
}

const refusedPaste = 'Pasting is refused here: type it.';

/** Keys that choose and start at once. */
const directDepths: Readonly<Record<string, VerifyDepth>> = {1: 'quick', 2: 'sample', 3: 'full', s: 'sample', f: 'full'};

function pressVerifyKey(dashboard: Dashboard, overlay: Of<'verify'>, press: KeyPress): void {
	const position = verifyDepths.indexOf(overlay.depth);
	const choose = (depth: VerifyDepth) => {
		dashboard.closeOverlay();
		overlay.onChoose(depth);
	};

	const direct = directDepths[press.name];
	if (direct) {
		choose(direct);
	} else if (press.name === 'enter') {
		choose(overlay.depth);
	} else if (press.name === 'escape' || press.name === 'q') {
		dashboard.closeOverlay();
	} else if (['down', 'j', 'space', 'tab', 'v'].includes(press.name)) {
		dashboard.openOverlay({...overlay, depth: verifyDepths[(position + 1) % verifyDepths.length]!});
	} else if (['up', 'k', 'shift-tab'].includes(press.name)) {
		dashboard.openOverlay({...overlay, depth: verifyDepths[(position + verifyDepths.length - 1) % verifyDepths.length]!});
	}
}

function pressHelpKey(dashboard: Dashboard, overlay: Of<'help'>, press: KeyPress): void {
	const isOver = ['escape', 'enter', ...(overlay.query.text === '' ? ['?'] : [])].includes(press.name);
	if (isOver) {
		dashboard.closeOverlay();
		return;
	}

	const isScroll = ['up', 'down', 'page-up', 'page-down'].includes(press.name);
	if (isScroll) {
		const {columns, rows} = dashboard.state.size;
		const height = helpLines(rows - edgeLines);
		const {offset, lastOffset} = helpRows(currentScreenKind(dashboard.state), {query: overlay.query.text, offset: overlay.offset}, {columns: overlayColumns(overlay, columns) - 4, height});
		dashboard.openOverlay({...overlay, offset: moveRow(offset, press.name as Movement, {count: lastOffset + 1, page: height})});
		return;
	}

	const query = editLine(overlay.query, press);
	if (query) {
		dashboard.openOverlay({...overlay, query, offset: 0});
	}
}

function pressLeaveKey(dashboard: Dashboard, press: KeyPress): void {
	if (['y', 'Y', 'ctrl-c'].includes(press.name)) {
		dashboard.terminal?.exit();
	} else if (press.name !== 'enter') {
		dashboard.closeOverlay();
	}
}

/** A message that is longer than the screen is scrolled; else every key closes it. */
function pressMessageKey(dashboard: Dashboard, overlay: Of<'message'>, press: KeyPress): void {
	const {columns, rows} = dashboard.state.size;
	const height = rows - edgeLines;
	const {offset, lastOffset} = messageRows(overlay, {columns: overlayColumns(overlay, columns), height});
	const action = findBinding(currentScreenKind(dashboard.state), press.name)?.action;
	if (lastOffset > 0 && action !== undefined && isMovement(action)) {
		dashboard.openOverlay({...overlay, offset: moveRow(offset, action, {count: lastOffset + 1, page: height - 2})});
	} else {
		dashboard.closeOverlay();
	}
}

/** What a key does in what lies over the screen. */
export function pressOverlayKey(dashboard: Dashboard, overlay: Overlay, press: KeyPress): void {
	switch (overlay.kind) {
		case 'filter': {
			pressFilterKey(dashboard, overlay, press);
			break;
		}

		case 'prompt': {
			pressPromptKey(dashboard, overlay, press);
			break;
		}

		case 'confirm': {
			pressConfirmKey(dashboard, overlay, press);
			break;
		}

		case 'typed': {
			pressTypedKey(dashboard, overlay, press);
			break;
		}

		case 'secret': {
			pressSecretKey(dashboard, overlay, press);
			break;
		}

		case 'verify': {
			pressVerifyKey(dashboard, overlay, press);
			break;
		}

		case 'help': {
			pressHelpKey(dashboard, overlay, press);
			break;
		}

		case 'palette': {
			pressPaletteKey(dashboard, overlay, press);
			break;
		}

		case 'leave': {
			pressLeaveKey(dashboard, press);
			break;
		}

		case 'message': {
			pressMessageKey(dashboard, overlay, press);
			break;
		}
	}
}

/** Pasted text in an overlay: into its line, but not where a name has to be typed. */
export function pasteIntoOverlay(dashboard: Dashboard, overlay: Overlay, text: string): void {
	switch (overlay.kind) {
		case 'filter': {
			const line = insertText(overlay.line, text);
			dashboard.openOverlay({...overlay, line});
			overlay.onChange(line.text);
			break;
		}

		case 'prompt': {
			dashboard.openOverlay({...overlay, line: insertText(overlay.line, text)});
			break;
		}

		case 'palette': {
			dashboard.openOverlay({...overlay, line: insertText(overlay.line, text), choice: 0});
			break;
		}

		case 'help': {
			dashboard.openOverlay({...overlay, query: insertText(overlay.query, text)});
			break;
		}

		case 'typed': {
			dashboard.openOverlay({...overlay, problem: refusedPaste});
			break;
		}

		case 'secret': {
			const {problem: _, ...rest} = overlay;
			if (overlay.canPaste) {
				overlay.input.add(text);
			}

			dashboard.openOverlay({...rest, ...(!overlay.canPaste && {problem: refusedPaste})});
			break;
		}

		case 'confirm':
		case 'verify':
		case 'leave':
		case 'message': {
			break;
		}
	}
}
