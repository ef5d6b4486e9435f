import path from 'node:path';
import {createRecoveryCode, createSystemRuntime} from '../../../engine/index.ts';
import type {Dashboard} from '../../dashboard.ts';
import {createLine} from '../../line-edit.ts';
import {screenSignal} from '../../screen-signal.ts';
import {countKeys} from '../keys/count-keys.ts';

/** Make the key and its code, and show the code on a screen of its own. */
function makeRecoveryKey(dashboard: Dashboard, file: string): void {
	const code = createRecoveryCode(createSystemRuntime());
	const id = dashboard.openScreen({kind: 'recovery', file, code, step: {name: 'making'}});
	screenSignal(dashboard, id).addEventListener('abort', () => {
		code.fill(0);
	}, {once: true});
	dashboard.load(async engine => engine.exportKey({file, code}), key => {
		dashboard.options.log.in('security').write('info', 'recovery key made', {slot: key.id, file});
		dashboard.changeScreen(id, 'recovery', screen => ({...screen, step: {name: 'shown', key}}));
		dashboard.refresh();
		countKeys(dashboard);
	}, failure => {
		code.fill(0);
		dashboard.options.log.in('security').write('error', `no recovery key: ${failure.message}`, {code: failure.code, file});
		dashboard.changeScreen(id, 'recovery', screen => ({...screen, step: {name: 'failed', failure}}));
	});
}

/** Whether who takes the repository takes this file with it. */
function isBeside(file: string, url: string): boolean {
	return path.isAbsolute(url) && !path.relative(path.dirname(url), file).startsWith('..');
}

/** Ask where the file of a new recovery key is written, then make it. */
export function askForExport(dashboard: Dashboard, proposed = path.join(path.dirname(dashboard.options.restoreFolder), `coffer-recovery-${dashboard.options.host}.key`), problem?: string): void {
	dashboard.openOverlay({
		kind: 'prompt', title: 'Recovery key', line: createLine(proposed), ...(problem !== undefined && {problem}),
		hint: 'A key for the day when all others are lost: a file, and a code on paper that is shown once. Where to write the file? Best on a medium that you keep elsewhere.',
		onAnswer(answer) {
			const file = path.normalize(answer.trim());
			if (!path.isAbsolute(file)) {
				askForExport(dashboard, answer, 'Give an absolute path, such as /media/stick/recovery.key.');
			} else if (isBeside(file, dashboard.connection?.url ?? '')) {
				dashboard.openOverlay({
					kind: 'confirm', title: 'Beside the repository', lines: [`${file} lies beside the repository: who takes or loses one takes or loses both. Write it there all the same?`],
					onConfirm() {
						makeRecoveryKey(dashboard, file);
					},
				});
			} else {
				makeRecoveryKey(dashboard, file);
			}
		},
	});
}
