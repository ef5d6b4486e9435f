import {isCofferError, type ErrorCode} from '../errors.ts';
import type {StateContext} from '../state/database.ts';
import {HostState} from '../state/host-state.ts';
import {readKnownPlace} from '../state/known-place.ts';
import {remembering} from '../state/remembering.ts';
import {ageAlerts, compareSeverity} from './alert-life.ts';
import type {Alert, AlertKind, Finding} from './alert.ts';
import {findChannelTrouble, isAboutChannel} from './channel-findings.ts';

type UnopenedKind = Extract<AlertKind, 'unreachable' | 'damage' | 'key'>;

const kinds: Partial<Record<ErrorCode, UnopenedKind>> = {
	'repository-missing': 'unreachable',
	'storage-denied': 'unreachable',
	'storage-failed': 'unreachable',
	'storage-full': 'unreachable',
	'format-unsupported': 'unreachable',
	damaged: 'damage',
	'object-missing': 'damage',
	'key-wrong': 'key',
	'key-expired': 'key',
	'key-file-missing': 'key',
	'key-file-unsafe': 'key',
	'key-file-invalid': 'key',
	'configuration-invalid': 'key',
};

const words: Readonly<Record<UnopenedKind, {readonly message: string; readonly nextStep: string}>> = {
	unreachable: {message: 'the repository cannot be reached: no backup can be made, and none restored', nextStep: 'mount or connect what it lies on, or name its new place in the configuration'},
	damage: {message: 'the repository is so damaged that it cannot be opened', nextStep: 'put back what the cause names from a copy of the repository'},
	key: {message: 'the repository cannot be opened with the key: no backup can be made here', nextStep: 'put the right key in its place, as the cause says'},
};

/**
That a repository could not be opened, as a finding.
@returns `undefined` for an error that says nothing of it, such as an interruption
*/
export function findUnreachable(error: unknown, url: string): Finding | undefined {
	if (!isCofferError(error)) {
		return undefined;
	}

	const kind = kinds[error.code];
	return kind && {key: `${kind}:${kind === 'damage' ? 'open/' : ''}${url}`, kind, severity: 'critical', object: url, ...words[kind], cause: error.message.replace(/\.$/, '')};
}

/**
The findings of a watch that could not open the repository, with their life on this host. What was found otherwise and cannot be looked at now stays as it is.
@param url - Of the repository. Where this host does not know which one lies there, nothing is remembered.
*/
export function noteUnopened(stateFolder: string, url: string, findings: readonly Finding[], context: StateContext): Alert[] {
	const nowMs = context.runtime.now();
	const time = new Date(nowMs).toISOString();
	const unremembered = () => ageAlerts([], findings, nowMs).alerts;
	return remembering(context.warn, () => {
		const repository = readKnownPlace(stateFolder, url, context);
		if (repository === undefined) {
			return unremembered();
		}

		const state = new HostState(stateFolder, repository, context);
		try {
			const found = [...findings, ...findChannelTrouble({channels: state.outbox.channels(), nowMs})];
			const keys = new Set(found.map(({key}) => key));
			const isOwn = ({key}: {readonly key: string}) => keys.has(key) || isAboutChannel(key);
			const {alerts, isChanged} = ageAlerts(state.alerts.records().filter(record => isOwn(record)), found, nowMs);
			state.watch.replace('monitor', findings.map(finding => ({...finding, time})));
			if (isChanged) {
				state.alerts.change({time, compare: compareSeverity}, before => {
					const own = before.filter(record => isOwn(record));
					return [...before.filter(record => !isOwn(record)), ...ageAlerts(own, found, nowMs).records];
				});
			}

			return alerts;
		} finally {
			state.close();
		}
	}, undefined) ?? unremembered();
}
