import type {Dashboard} from '../../dashboard.ts';
import {keysOf} from '../../model/key-state.ts';
import {countKeys} from '../keys/count-keys.ts';
import type {OpenScreen} from '../screen.ts';
import {isReencryption} from './facts.ts';

type Open = Extract<OpenScreen, {kind: 'rotation'}>;

const word = 'rotate';

function start(dashboard: Dashboard, {id, place}: Open, isReencrypting: boolean): void {
	if (place?.kind !== 'file') {
		return;
	}

	const {file} = place;
	const job = dashboard.jobs.add({
		kind: 'rotate', subject: isReencrypting ? 'key and data' : 'key', facts: {keyFile: file},
		work: async (engine, options) => ({kind: 'rotate', summary: await engine.rotateKeys({keyFile: file, isReencrypting}, options)}),
		onEnd() {
			// What opens the repository now is another key, perhaps also after a failure.
			dashboard.reopen();
			countKeys(dashboard);
		},
	});
	dashboard.changeScreen(id, 'rotation', screen => ({...screen, job, offset: 0, isReencrypting}));
}

/** Ask for the word, then rotate, or take up what was begun: a job, which goes on when the screen is left. */
export function confirmRotation(dashboard: Dashboard, screen: Open): void {
	const isReencrypting = isReencryption(dashboard.state, screen);
	const isBegun = keysOf(dashboard.state)?.rotation !== undefined;
	const file = screen.place?.kind === 'file' ? screen.place.file : '';
	dashboard.openOverlay({
		kind: 'typed', title: 'Rotate the key', word, line: {text: '', cursor: 0},
		lines: [
			isBegun ? 'The rotation goes on where it stopped.' : `A new key takes the place of ${file}; the old one opens nothing afterwards.`,
			'That cannot be undone. Copies of the old key file are of no use any more: make new ones.',
		],
		onConfirm() {
			start(dashboard, screen, isReencrypting);
		},
	});
}
