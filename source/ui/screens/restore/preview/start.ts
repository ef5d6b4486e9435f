import type {EngineClient} from '../../../../engine/index.ts';
import type {Dashboard} from '../../../dashboard.ts';
import {currentRestore} from '../current.ts';
import {toRestoreMarks} from '../marks.ts';
import {startInspection} from '../server/start.ts';
import {targetOf, type RestoreScreen} from '../state.ts';
import {previewLimit, type Preview} from './preview.ts';

/** What is asked of the engine, for the preview and for the restore itself. */
export function requestOf(screen: RestoreScreen): Parameters<EngineClient['restore']>[0] {
	return {snapshot: screen.snapshot, target: targetOf(screen), marks: toRestoreMarks(screen.chosen), overwrite: screen.policy};
}

/** Find out what the restore would do: a dry run of it. */
export function startPreview(dashboard: Dashboard): void {
	const screen = currentRestore(dashboard);
	if (screen.place === 'server') {
		startInspection(dashboard);
		return;
	}

	const signal = screen.errands.begin('preview');
	const show = (preview: Preview) => {
		if (!signal.aborted) {
			dashboard.changeScreen(screen.id, 'restore', current => current.step === 'preview' ? {...current, preview} : current);
		}
	};

	show({status: 'running', entries: 0});
	dashboard.load(async engine => engine.restore({...requestOf(screen), isDryRun: true, previewLimit}, {signal, onEvent(event) {
		if (event.event === 'progress') {
			show({status: 'running', entries: event.files});
		}
	}}), summary => {
		show({status: 'ready', summary, cursor: 0});
	}, failure => {
		show({status: 'failed', failure});
	});
}
