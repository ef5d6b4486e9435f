import type {Dashboard} from '../dashboard.ts';
import {bindingsOf, firstKeyText, type ActionId} from '../keymap.ts';
import type {KeyPress} from '../key-press.ts';
import {createLine, editLine} from '../line-edit.ts';
import {isMatch} from '../model/selectors.ts';
import type {Overlay} from '../model/overlay.ts';
import {runAction} from '../press-key.ts';
import {currentScreenKind, handlerOf} from '../screens/registry.ts';
import {backUp, chooseVerification, restoreFrom, writeReport} from '../work.ts';

type Palette = Extract<Overlay, {kind: 'palette'}>;

/** A command of the palette. */
export type PaletteCommand = {
	/** What is typed: `backup web`, `help`. */
	readonly name: string;
	/** The key that does the same, if any. */
	readonly key: string;
	readonly help: string;
	readonly run: () => void;
};

const notCommands: ReadonlySet<ActionId> = new Set(['up', 'down', 'first', 'last', 'page-up', 'page-down', 'palette', 'interrupt', 'open', 'close', 'mark', 'back', 'next-pane', 'previous-pane', 'days-ago']);

/** A report can be written where it is known how. */
function reportCommands(dashboard: Dashboard): PaletteCommand[] {
	const write = dashboard.connection?.writeReport;
	return write === undefined
		? []
		: [{name: 'report', key: '', help: 'write a report of the last days, as its job does', run() {
			void writeReport(dashboard, write);
		}}];
}

/** Every command that there is now: the keys of the screen, and what can be done with each source. */
export function paletteCommands(dashboard: Dashboard): PaletteCommand[] {
	const kind = currentScreenKind(dashboard.state);
	const ofSources = (dashboard.state.overview?.sources ?? []).flatMap(({name, host}): PaletteCommand[] => [
		{name: `backup ${name}`, key: '', help: `back up ${name} now`, run() {
			backUp(dashboard, [name]);
		}},
		{name: `verify ${name}`, key: '', help: `verify the snapshots of ${name}`, run() {
			chooseVerification(dashboard, {name, host});
		}},
		{name: `restore ${name}`, key: '', help: `restore from a snapshot of ${name}`, run() {
			restoreFrom(dashboard, {name, host});
		}},
	]);
	const actions = bindingsOf(kind).filter(({action}) => !notCommands.has(action) && handlerOf(kind, action) !== undefined).map(({action, help, ...binding}): PaletteCommand => ({
		name: action, key: firstKeyText(binding), help, run() {
			runAction(dashboard, action);
		},
	}));
	return [...actions, ...reportCommands(dashboard), ...ofSources];
}

/** The commands that fit what was typed: those that begin with it first. */
export function findCommands(commands: readonly PaletteCommand[], text: string): PaletteCommand[] {
	const fitting = commands.filter(({name, help}) => isMatch(`${name} ${help}`, text));
	const isBeginning = (command: PaletteCommand) => command.name.startsWith(text.toLowerCase());
	return [...fitting.filter(command => isBeginning(command)), ...fitting.filter(command => !isBeginning(command))];
}

function recall(dashboard: Dashboard, overlay: Palette, step: number): Palette {
	const {history} = dashboard;
	const recalled = Math.max(0, Math.min(history.length, overlay.recalled + step));
	return {...overlay, recalled, choice: 0, line: createLine(recalled === 0 ? '' : history[history.length - recalled]!)};
}

/** What a key does in the palette: Tab completes, arrows choose, or with an empty line bring back what was typed before. */
export function pressPaletteKey(dashboard: Dashboard, overlay: Palette, press: KeyPress): void {
	const found = findCommands(paletteCommands(dashboard), overlay.line.text);
	const chosen = found[Math.min(overlay.choice, found.length - 1)];
	const isRecalling = overlay.recalled > 0 || overlay.line.text === '';
	switch (press.name) {
		case 'escape': {
			dashboard.closeOverlay();
			break;
		}

		case 'enter': {
			if (chosen) {
				dashboard.closeOverlay();
				dashboard.history.push(chosen.name);
				chosen.run();
			}

			break;
		}

		case 'tab': {
			dashboard.openOverlay({...overlay, line: chosen ? createLine(chosen.name) : overlay.line, choice: 0});
			break;
		}

		case 'up': {
			dashboard.openOverlay(isRecalling && overlay.choice === 0 ? recall(dashboard, overlay, 1) : {...overlay, choice: Math.max(0, overlay.choice - 1)});
			break;
		}

		case 'down': {
			dashboard.openOverlay(overlay.recalled > 0 ? recall(dashboard, overlay, -1) : {...overlay, choice: Math.max(0, Math.min(overlay.choice + 1, found.length - 1))});
			break;
		}

		default: {
			const line = editLine(overlay.line, press);
			if (line) {
				dashboard.openOverlay({...overlay, line, choice: 0, recalled: 0});
			}
		}
	}
}
