import {countText, spanText} from './age-text.ts';
import type {AlertFacts} from './assess-alerts.ts';
import type {Finding} from './alert.ts';
import {defaultMonitorPolicy, limitsOf, type SourceLimits} from './monitor-policy.ts';
import type {SourceOverview} from './overview.ts';

/** A backup that is so many times as old as it may be is critical. */
const criticalAges = 3;

type SourceFinding = Omit<Finding, 'key' | 'object'>;

/** How the source is backed up by hand. */
function backupCommand({name, isConfigured}: SourceOverview): string {
	if (isConfigured) {
		return `"coffer backup ${/^[\w.@+-]+$/.test(name) ? name : `'${name.replaceAll('\'', String.raw`'\''`)}'`}"`;
	}

	return name.startsWith('/') ? '"coffer backup" with its paths' : '"coffer backup" on its host';
}

function countFailures({name, host}: SourceOverview, {memories, host: ownHost}: AlertFacts): number {
	const runs = host === ownHost ? memories.find(({source}) => source === name)?.runs ?? [] : [];
	return runs.length - 1 - runs.findLastIndex(({outcome}) => outcome === 'ok' || outcome === 'partial');
}

function findFailure(source: SourceOverview, {criticalFailures}: SourceLimits, facts: AlertFacts): SourceFinding {
	const {lastSuccess, lastError, lastOutcome, maximumAgeMs} = source;
	const failures = Math.max(1, countFailures(source, facts));
	const what = failures > 1 ? `the last ${failures} backups failed` : `the last backup ${lastOutcome === 'interrupted' ? 'was interrupted' : 'failed'}`;
	const ageMs = lastSuccess === undefined ? undefined : facts.nowMs - Date.parse(lastSuccess);
	const isUrgent = ageMs === undefined || ageMs > maximumAgeMs || failures >= criticalFailures;
	return {
		kind: 'failed',
		severity: isUrgent ? 'critical' : 'warning',
		message: `${what}; ${ageMs === undefined ? 'there is no good one' : `the newest good one is ${spanText(ageMs)} old`}`,
		cause: lastError ?? 'the run left no message',
		nextStep: `mend what the cause names, then run ${backupCommand(source)}`,
	};
}

function findLateness(source: SourceOverview, {activities, nowMs}: AlertFacts): SourceFinding {
	const {name, lastSuccess, maximumAgeMs} = source;
	const ageMs = nowMs - Date.parse(lastSuccess!);
	const isRunning = activities.some(({kind, subject}) => kind === 'backup' && subject === name);
	return {
		kind: 'late',
		severity: ageMs > criticalAges * maximumAgeMs ? 'critical' : 'warning',
		message: `the newest backup is ${spanText(ageMs)} old; the limit is ${spanText(maximumAgeMs)}`,
		cause: isRunning ? 'a backup of it is running now' : 'no run has begun since: its schedule does not start one, or this machine was off',
		nextStep: isRunning ? 'wait for the run to end' : `run ${backupCommand(source)}, and look whether cron or systemd starts it every day`,
	};
}

function findGap(source: SourceOverview): SourceFinding {
	return {
		kind: 'partial',
		severity: 'warning',
		message: 'the newest backup lacks files that could not be read',
		cause: source.lastError ?? 'some entries could not be read',
		nextStep: `let coffer read what the log names, or exclude it in the configuration; then run ${backupCommand(source)}`,
	};
}

function findState(source: SourceOverview, limits: SourceLimits, facts: AlertFacts): SourceFinding | undefined {
	switch (source.state) {
		case 'never': {
			return {
				kind: 'never', severity: 'critical', message: 'it was never backed up', cause: 'the configuration names it, and there is no snapshot of it', nextStep: `run ${backupCommand(source)}`,
			};
		}

		case 'failed': {
			return findFailure(source, limits, facts);
		}

		case 'stale': {
			return findLateness(source, facts);
		}

		case 'partial': {
			return findGap(source);
		}

		case 'ok': {
			return undefined;
		}
	}
}

function findUnverified({firstSuccess, lastVerified}: SourceOverview, {unverifiedAfterMs}: SourceLimits, nowMs: number): SourceFinding | undefined {
	const since = lastVerified ?? firstSuccess;
	if (since === undefined || nowMs - Date.parse(since) <= unverifiedAfterMs) {
		return undefined;
	}

	return {
		kind: 'unverified',
		severity: 'warning',
		message: lastVerified === undefined ? 'no backup of it was ever verified' : `the last verification of any of its backups was ${spanText(nowMs - Date.parse(lastVerified))} ago`,
		cause: `nothing started "coffer verify" for ${spanText(unverifiedAfterMs)} on this host, or it found damage`,
		nextStep: 'run "coffer verify --read-data=10%", and put it into the schedule',
	};
}

/** How a source is called where several hosts have one of that name. */
function objectOf(source: string, host: string, ownHost: string): string {
	return host === ownHost ? source : `${source} on ${host}`;
}

/** What is wrong with the sources that are expected to run: the configured ones, or all where none is configured. */
export function findSourceTrouble(facts: AlertFacts): Finding[] {
	const hasConfigured = facts.sources.some(({isConfigured}) => isConfigured);
	return facts.sources.filter(({isConfigured}) => isConfigured || !hasConfigured).flatMap(source => {
		const {name, host} = source;
		const limits = limitsOf(facts.policy ?? defaultMonitorPolicy, name, host === facts.host);
		const found = [findState(source, limits, facts), findUnverified(source, limits, facts.nowMs)].filter(finding => finding !== undefined);
		return found.map(finding => ({key: `${finding.kind}:${host}/${name}`, object: objectOf(name, host, facts.host), ...finding}));
	});
}

/** Snapshots that this host has seen and that are gone. */
export function findLost({memories, host}: AlertFacts): Finding[] {
	return memories.filter(({losses}) => losses.length > 0).map(({source, losses}) => ({
		key: `lost:${host}/${source}`,
		kind: 'lost',
		severity: 'critical',
		object: source,
		message: `${countText(losses.length, 'snapshot')} ${losses.length === 1 ? 'is' : 'are'} gone without having been forgotten`,
		cause: `somebody removed ${losses[0]!.id.slice(0, 8)} of ${losses[0]!.time}${losses.length > 1 ? ' and others' : ''}, or the storage was put back to an older state`,
		nextStep: 'find out who did it, and put them back from a copy of the repository',
	}));
}
