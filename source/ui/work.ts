import {formatAmount} from '../text/format.ts';
import type {SnapshotList, StoredSnapshot} from '../engine/index.ts';
import type {Dashboard} from './dashboard.ts';
import {toFailure} from './job-runner.ts';
import type {Job, VerifyDepth} from './model/job.ts';
import {jobTitle} from './model/job-text.ts';
import {openRestore} from './screens/restore/open.ts';
import {snapshotsOf} from './screens/source/snapshots-of.ts';

/** A source of a machine. */
export type SourceName = {readonly name: string; readonly host: string};

/** Why a source cannot be backed up from here. */
export function whyNoBackup(dashboard: Dashboard, name: string): string | undefined {
	if (!dashboard.connection?.sources.some(({source}) => source.name === name)) {
		return `"${name}" is not in the configuration of this machine: only its snapshots are known. "coffer config edit" adds it; then start the dashboard again.`;
	}

	const activity = dashboard.state.overview?.activities.find(({kind, subject}) => kind === 'backup' && subject === name);
	if (activity || dashboard.jobs.has('backup', name)) {
		return `A backup of "${name}" runs or waits already${activity ? ` (process ${activity.process.pid})` : ''}.`;
	}

	return undefined;
}

/** Queue a backup of each. @param names - Of sources of the configuration. */
export function queueBackups(dashboard: Dashboard, names: readonly string[]): void {
	for (const name of names) {
		const choice = dashboard.connection!.sources.find(({source}) => source.name === name)!;
		const {source, tags} = choice;
		dashboard.jobs.add({kind: 'backup', subject: name, source: name, work: async (engine, options) => ({
			kind: 'backup', summary: await engine.backup({source, class: choice.class ?? 'manual', ...(tags && {tags})}, options),
		})});
	}
}

/** Back up sources, once somebody has said yes. */
export function backUp(dashboard: Dashboard, names: readonly string[]): void {
	const possible = names.filter(name => whyNoBackup(dashboard, name) === undefined);
	if (possible.length === 0) {
		dashboard.notify(names.length === 0 ? 'No sources are configured: "coffer config edit" adds some; then start the dashboard again.' : whyNoBackup(dashboard, names[0]!)!, 'warning');
		return;
	}

	const what = possible.length === 1 ? `Back up "${possible[0]}" now?` : `Back up ${formatAmount(possible.length, 'source')} now, one after the other?`;
	dashboard.openOverlay({
		kind: 'confirm', title: 'Backup', lines: possible.length === 1 ? [what] : [what, possible.join(', ')],
		onConfirm() {
			queueBackups(dashboard, possible);
		},
	});
}

const dataShares = {quick: undefined, sample: {fraction: 0.05}, full: 'all'} as const;

/** What each depth of a verification does, for people. */
export const depthTexts: Readonly<Record<VerifyDepth, string>> = {
	quick: 'structure: every object there, every tree read',
	sample: 'and 5 % of the data decrypted and hashed',
	full: 'and all data decrypted and hashed',
};

/** @param snapshots - Ids. @default all snapshots of the repository */
export function verify(dashboard: Dashboard, {subject, source}: {readonly subject: string; readonly source?: string}, depth: VerifyDepth, snapshots?: readonly string[]): void {
	const readData = dataShares[depth];
	dashboard.jobs.add({kind: 'verify', subject: `${subject} (${depth})`, ...(source !== undefined && {source}), work: async (engine, options) => ({
		kind: 'verify', summary: await engine.verify({...(readData !== undefined && {readData}), ...(snapshots && {snapshots})}, options),
	})});
}

/** Go on with the snapshots of a source, the newest first; where they are still being listed, as soon as they are. */
function withSnapshots(dashboard: Dashboard, source: SourceName, action: (snapshots: readonly StoredSnapshot[]) => void): void {
	const goOn = (snapshots: SnapshotList) => {
		const own = snapshotsOf({snapshots}, source);
		if (own.length === 0) {
			dashboard.notify(`There is no snapshot of "${source.name}" yet.`, 'warning');
		} else {
			action(own);
		}
	};

	if (dashboard.state.snapshots) {
		goOn(dashboard.state.snapshots);
	} else {
		dashboard.load(async engine => engine.listSnapshots(), goOn);
	}
}

/** Ask how deep, then verify the snapshots of a source. */
export function chooseVerification(dashboard: Dashboard, source: SourceName): void {
	withSnapshots(dashboard, source, snapshots => {
		dashboard.openOverlay({kind: 'verify', subject: `${source.name}, ${formatAmount(snapshots.length, 'snapshot')}`, depth: 'quick', onChoose(depth) {
			verify(dashboard, {subject: source.name, source: source.name}, depth, snapshots.map(({id}) => id));
		}});
	});
}

/** Open the restore of a source. @param snapshot - To look into this one at once. @default begin with the choice of one */
export function restoreFrom(dashboard: Dashboard, source: SourceName, snapshot?: string): void {
	withSnapshots(dashboard, source, snapshots => {
		const {name, host} = source;
		openRestore(dashboard, {name, host, snapshots, folder: dashboard.options.restoreFolder, ...(snapshot !== undefined && {snapshot})});
	});
}

/** Stop jobs safely, once somebody has said yes to just these. */
export function askToStop(dashboard: Dashboard, jobs: readonly Job[]): void {
	dashboard.openOverlay({
		kind: 'confirm', title: 'Stop', lines: [`Stop ${jobs.map(job => jobTitle(job)).join(', ')}? It ends at the next safe point; what is stored already serves the next run.`],
		onConfirm() {
			for (const {id} of jobs) {
				dashboard.jobs.cancel(id);
			}
		},
	});
}

/** Write a report, and tell where it lies. */
export async function writeReport(dashboard: Dashboard, write: () => Promise<string>): Promise<void> {
	dashboard.notify('Writing a report…');
	try {
		dashboard.notify(`Report: ${await write()}`, 'ok');
	} catch (error) {
		dashboard.notify(`The report could not be written: ${toFailure(error).message}`, 'critical');
	}
}
