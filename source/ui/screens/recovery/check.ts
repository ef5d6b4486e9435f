import {Buffer} from 'node:buffer';
import {isLikelyRecoveryCode, parseRecoveryCode, type KeyBackupCheck} from '../../../engine/index.ts';
import {formatAmount, formatTime} from '../../../text/format.ts';
import type {Dashboard} from '../../dashboard.ts';
import {toFailure} from '../../job-runner.ts';
import {SecretInput} from '../../secret-input.ts';
import {countKeys} from '../keys/count-keys.ts';

function resultLines({slot, dataKeys, snapshot}: KeyBackupCheck): string[] {
	return [
		`"${slot.label}" (${slot.id.slice(0, 8)}) opens everything.`,
		`${formatAmount(dataKeys, 'data key')} opened${snapshot ? `, and the snapshot of ${formatTime(snapshot.time)} was read with it` : ''}.`,
		'Checked was the repository\'s own copy of its slot. "coffer key check" with the exported file checks that, too.',
	];
}

function proveKey(dashboard: Dashboard, code: Buffer): void {
	dashboard.notify('Checking the recovery key…');
	dashboard.load(async engine => {
		try {
			return await engine.checkKey({code});
		} finally {
			code.fill(0);
		}
	}, check => {
		dashboard.options.log.in('security').write('info', 'recovery key checked', {slot: check.slot.id});
		dashboard.openOverlay({kind: 'message', title: 'The recovery key is good', lines: resultLines(check)});
		dashboard.refresh();
		countKeys(dashboard);
	}, ({message}) => {
		code.fill(0);
		dashboard.openOverlay({kind: 'message', title: 'The recovery key was not proven', lines: [message, 'If it is lost, make a new one with e, and remove the old one with "coffer key remove".']});
	});
}

/** Ask for the code of a recovery key, and prove that it opens everything. */
export function askForCheck(dashboard: Dashboard): void {
	dashboard.openOverlay({
		kind: 'secret', title: 'Check a recovery key', input: new SecretInput(), isShown: false, canPaste: true,
		lines: ['Type the code from the paper, in either case, with or without dashes; or the passphrase of the recovery key.'],
		onAnswer(typed) {
			const isCode = isLikelyRecoveryCode(typed);
			try {
				const code = isCode ? parseRecoveryCode(typed) : Buffer.from(typed);
				dashboard.closeOverlay();
				proveKey(dashboard, code);
				return undefined;
			} catch (error) {
				return toFailure(error).message;
			} finally {
				typed.fill(0);
			}
		},
	});
}
