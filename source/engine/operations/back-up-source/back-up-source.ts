import {CofferError, errorText, isCofferError, throwIfAborted} from '../../errors.ts';
import type {EventListener} from '../../events.ts';
import {incidentText} from '../../incident-text.ts';
import {defaultAnomalyWatch, isTold} from '../../incident.ts';
import {sizeText} from '../../size-text.ts';
import type {SecretReference} from '../../programs/secret-reference.ts';
import type {RepositorySession} from '../../repository/repository.ts';
import type {SourceContext} from '../../sources/source-stream.ts';
import type {Source} from '../../sources/source.ts';
import {requireWriter} from '../abilities.ts';
import {backup, type BackupSummary as StoringSummary, type FilesBackupRequest, type OperationOptions} from '../backup/backup.ts';
import {backUpStream} from './back-up-stream.ts';
import {withDeadline} from './deadline.ts';
import {readSecretOf} from './source-secret.ts';
import {runHook, type HookOutcome} from './run-hook.ts';

export type BackupRequest = Omit<FilesBackupRequest, 'source'> & {readonly source: Source};

export type BackupSummary = StoringSummary & {
	/** How the hooks of the source ended, those that were run. */
	readonly hooks?: {readonly before?: HookOutcome; readonly after?: HookOutcome};
};

export type BackUpOptions = OperationOptions & {
	/** See `SourceContext`; `what` names who needs the secret in errors. */
	readonly readSecret: (reference: SecretReference, what: string, signal: AbortSignal | undefined) => Promise<Buffer>;
};

const minuteMs = 60_000;

/** What programs say and the source wants known, as events. */
function listenTo({name}: Source, onEvent: EventListener | undefined): Pick<SourceContext, 'log' | 'warn'> {
	return {
		log(message) {
			onEvent?.({event: 'log', message: `${name}: ${message}`});
		},
		warn(message) {
			onEvent?.({event: 'warning', kind: 'source', message});
		},
	};
}

/** With the full stop that a program's last words mostly lack. */
const asSentence = (text = ''): string => /[.!?]$/.test(text) ? text : `${text}.`;

/** A source that lost half of what it had has mostly lost it by accident. */
function warnOfShrinking({name}: Source, {bytes, previousBytes = 0, snapshot}: StoringSummary, onEvent: EventListener | undefined): void {
	if (snapshot && previousBytes > 0 && bytes * 2 <= previousBytes) {
		onEvent?.({event: 'warning', kind: 'shrunk', message: `"${name}" has shrunk from ${sizeText(previousBytes)} to ${sizeText(bytes)} since its previous snapshot. See whether that is meant: "coffer diff" shows what is gone.`});
	}
}

/** What looks like a loss is told at once, whoever looks at alerts later. */
function warnOfIncidents({name, anomalies = defaultAnomalyWatch}: Source, {incidents = []}: StoringSummary, onEvent: EventListener | undefined): void {
	for (const incident of incidents.filter(one => isTold(one, anomalies))) {
		onEvent?.({event: 'warning', kind: 'anomaly', message: `"${name}": ${incidentText(incident)}. Forget no snapshot before you know why; "coffer diff" shows what has changed.`});
	}
}

async function read(session: RepositorySession, request: BackupRequest, {readSecret, ...options}: BackUpOptions): Promise<StoringSummary> {
	const {source} = request;
	const {maximumDurationMs: durationMs} = source;
	const minutes = Math.round((durationMs ?? 0) / minuteMs * 10) / 10;
	const message = `"${source.name}" was not read within its limit of ${minutes} minutes; no snapshot was made. See what holds it up, or raise "limits" in the configuration.`;
	return withDeadline({runtime: session.runtime, signal: options.signal, durationMs, message}, async signal => {
		const limited = {...options, ...(signal && {signal})};
		if (source.kind === 'files') {
			return backup(session, {...request, source}, limited);
		}

		const context: SourceContext = {
			runtime: session.runtime, signal,
			readSecret: async reference => readSecretOf(source, async what => readSecret(reference, what, signal)),
			...listenTo(source, options.onEvent),
		};
		return backUpStream(session, {...request, source}, context, limited);
	});
}

/** What the hook afterwards is told of the backup. */
function statusOf(result: {readonly summary: StoringSummary} | {readonly error: unknown}): Record<string, string> {
	if ('error' in result) {
		return {COFFER_STATUS: isCofferError(result.error, 'aborted') ? 'interrupted' : 'failed'};
	}

	const {snapshot, bytes} = result.summary;
	return {COFFER_STATUS: 'succeeded', COFFER_BYTES: String(bytes), ...(snapshot && {COFFER_SNAPSHOT: snapshot.id})};
}

/**
Back up a source of any kind as one snapshot, within its limits and between its hooks. A hook before it that fails keeps it from being read; one after it runs however the backup went, and is told how.
@throws what `backup` of operations/backup and `backUpStream` throw; `source-failed` also where the hook before has failed, or a limit was met
*/
export async function backUpSource(session: RepositorySession, request: BackupRequest, options: BackUpOptions): Promise<BackupSummary> {
	const {source, isDryRun} = request;
	const {runtime} = session;
	const {signal, onEvent} = options;
	requireWriter(session.keyring);
	if (isDryRun) {
		return read(session, request, options);
	}

	const {log, warn} = listenTo(source, onEvent);
	throwIfAborted(signal);
	const before = source.before && await runHook({hook: source.before, name: 'before', source: source.name}, {runtime, signal, log});
	if (before?.status === 'failed') {
		throw new CofferError('source-failed', `${asSentence(before.message)} Nothing was read.`, {context: {source: source.name, hook: 'before'}});
	}

	let result: {readonly summary: StoringSummary} | {readonly error: unknown};
	try {
		result = {summary: await read(session, request, options)};
		warnOfShrinking(source, result.summary, onEvent);
		warnOfIncidents(source, result.summary, onEvent);
	} catch (error) {
		result = {error};
	}

	// Not given up when the run is: it undoes what the one before has done.
	const after = source.after && await runHook({hook: source.after, name: 'after', source: source.name, environment: statusOf(result)}, {runtime, log});
	if (after?.status === 'failed') {
		warn(`${asSentence(after.message)}${'summary' in result ? ' The snapshot was made.' : ''}`);
	}

	if ('error' in result) {
		const {error} = result;
		throw after?.status === 'failed' && isCofferError(error, 'source-failed') ? new CofferError('source-failed', `${asSentence(errorText(error))} ${asSentence(after.message)}`, {context: error.context, cause: error}) : error;
	}

	const hooks = {...(before && {before}), ...(after && {after})};
	return {...result.summary, ...((before ?? after) && {hooks})};
}
