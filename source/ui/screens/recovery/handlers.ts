import {Buffer} from 'node:buffer';
import type {Dashboard} from '../../dashboard.ts';
import type {Handlers} from '../../handler.ts';
import {SecretInput} from '../../secret-input.ts';
import type {OpenScreen} from '../screen.ts';
import {groupsOf} from './code-rows.ts';

type Open = Extract<OpenScreen, {kind: 'recovery'}>;

const screenOf = ({state}: Dashboard): Open => state.screens.at(-1) as Open;

/** Whether the typed text is the code's first group, in either case. */
function isFirstGroup(typed: Buffer, code: Uint8Array): boolean {
	const [first] = groupsOf(code);
	const upper = typed.map(byte => byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte);
	const isSame = Buffer.from(first!).equals(upper);
	upper.fill(0);
	return isSame;
}

function leave(dashboard: Dashboard): void {
	const {step, code} = screenOf(dashboard);
	dashboard.closeScreen();
	if (step.name === 'shown') {
		code.fill(0);
		dashboard.notify('The code is gone from here for good. Check the recovery key soon: c.', 'ok');
	}
}

/** The code is covered meanwhile: what is typed comes from the paper. */
function askForFirstGroup(dashboard: Dashboard): void {
	dashboard.openOverlay({
		kind: 'secret', title: 'Is it written down?', input: new SecretInput(), isShown: true, canPaste: false,
		lines: ['Type the first group of the code from your paper. Then the code is gone from here for good.'],
		onAnswer(typed) {
			const {code} = screenOf(dashboard);
			const isRight = isFirstGroup(typed, code);
			typed.fill(0);
			if (isRight) {
				dashboard.closeOverlay();
				leave(dashboard);
				return undefined;
			}

			return 'That is not the first group. Esc shows the code again.';
		},
	});
}

function abandon(dashboard: Dashboard): void {
	dashboard.openOverlay({
		kind: 'confirm', title: 'Leave coffer', lines: ['The code is shown only once. Leave without it? Then remove its key slot with "coffer key remove".'],
		onConfirm() {
			leave(dashboard);
			dashboard.leave();
		},
	});
}

/** The keys of the screen with the code of a new recovery key. */
export const recoveryHandlers: Handlers = {
	open: {
		unavailable: dashboard => screenOf(dashboard).step.name === 'making' ? 'The recovery key is being made; it takes a moment.' : undefined,
		run(dashboard) {
			if (screenOf(dashboard).step.name === 'shown') {
				askForFirstGroup(dashboard);
			} else {
				leave(dashboard);
			}
		},
	},
	back: {
		unavailable(dashboard) {
			const {name} = screenOf(dashboard).step;
			if (name === 'failed') {
				return undefined;
			}

			return name === 'making' ? 'The recovery key is being made; it takes a moment.' : 'The code is shown only once: Enter asks for its first group, and leaves.';
		},
		run: leave,
	},
	interrupt: {run(dashboard) {
		if (screenOf(dashboard).step.name === 'shown') {
			abandon(dashboard);
		} else {
			dashboard.leave();
		}
	}},
};
