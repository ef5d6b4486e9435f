import type {EngineClient} from '../../../../engine/index.ts';
import type {Dashboard} from '../../../dashboard.ts';
import {changeRestore, currentRestore} from '../current.ts';
import type {Preview} from '../preview/preview.ts';
import type {RestoreScreen} from '../state.ts';

type LoadRequest = Parameters<EngineClient['loadDump']>[0];

/** What is asked of the engine, for the preview and for the loading itself. @throws TypeError where the snapshot has nothing for a server */
export function loadRequestOf({snapshot, server}: Pick<RestoreScreen, 'snapshot' | 'server'>): LoadRequest {
	if (!server) {
		throw new TypeError('There is no server to load into.');
	}

	const {url, databases, overwrite, hasChecksums, passwordFile} = server;
	return {snapshot, into: url, overwrite, hasChecksums, ...(databases && {databases}), ...(passwordFile !== undefined && {password: {file: passwordFile}})};
}

/** Ask the server what is there: a dry run of the loading. */
export function startInspection(dashboard: Dashboard): void {
	const screen = currentRestore(dashboard);
	const signal = screen.errands.begin('preview');
	const show = (preview: Preview) => {
		if (!signal.aborted) {
			dashboard.changeScreen(screen.id, 'restore', current => current.step === 'preview' ? {...current, preview} : current);
		}
	};

	show({status: 'running', entries: 0});
	dashboard.load(async engine => engine.loadDump({...loadRequestOf(screen), isDryRun: true}, {signal}), summary => {
		show({status: 'inspected', summary, cursor: 0});
	}, failure => {
		show({status: 'failed', failure});
	});
}

/** Load what the preview shows: a job, which goes on when the screen is left. */
export function startLoading(dashboard: Dashboard): void {
	const screen = currentRestore(dashboard);
	const request = loadRequestOf(screen);
	screen.errands.endAll();
	const facts = {snapshot: screen.snapshot, into: request.into, overwrite: request.overwrite ?? 'never', databases: request.databases?.join(' ') ?? 'all'};
	const job = dashboard.jobs.add({kind: 'restore', subject: screen.name, source: screen.name, facts, work: async (engine, options) => ({
		kind: 'load', summary: await engine.loadDump(request, options),
	})});
	changeRestore(dashboard, current => ({...current, step: 'run', run: {job}}));
}
