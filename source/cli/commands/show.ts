import {CofferError, findSnapshot, type SnapshotOverview, type StoredSnapshot} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {formatAge, formatAmount, formatBytes, formatCount, formatDuration, formatTime} from '../../text/format.ts';
import {databaseText, repositoryText} from '../../text/fact-texts.ts';
import {snapshotToJson} from '../snapshot-json.ts';
import {resolveReference} from '../source-requests.ts';

/** What the source said of itself, and how its data is classified. */
function factRows({classification, facts: {origin, repositories = [], databases = []} = {}}: StoredSnapshot): Array<readonly [string, string]> {
	return [
		...(classification ? [['Data', classification] as const] : []),
		...(origin === undefined ? [] : [['From', origin] as const]),
		...repositories.map(facts => ['Repository', `${facts.path}: ${repositoryText(facts)}`] as const),
		...databases.map(facts => ['Database', `${facts.name}: ${databaseText(facts)}`] as const),
	];
}

function rowsOf(snapshot: StoredSnapshot, verifications: SnapshotOverview['verifications'], nowMs: number): Array<readonly [string, string]> {
	const {id, time, source, kind, class: backupClass, host, user, tags, paths, tree, statistics, previous, program, objectName, sha256, keyEpoch} = snapshot;
	const {files, directories, bytes, addedBytes, storedBytes, durationMs, unreadable} = statistics;
	const verification = verifications.get(id);
	const depth = {none: 'structure', part: 'structure and a part of the data', all: 'all data'};
	return [
		['ID', id],
		['Taken', `${formatTime(time)} (${time}), took ${formatDuration(durationMs)}`],
		['Source', `${source} (${kind})`],
		['Class', backupClass],
		['Tags', tags.length > 0 ? tags.join(', ') : 'none'],
		['Host', `${host}, user ${user}, ${program}`],
		['Paths', paths.join(', ')],
		['Content', `${formatAmount(files, 'file')} in ${formatAmount(directories, 'folder')}, ${formatBytes(bytes)}`],
		...factRows(snapshot),
		['New', `${formatBytes(addedBytes)}, stored in ${formatBytes(storedBytes)}`],
		['Unreadable', unreadable === 0 ? 'nothing' : `${formatCount(unreadable)} (missing from the snapshot)`],
		['Verified', verification ? `${formatAge(verification.time, nowMs)} (${depth[verification.data]})` : 'never'],
		['Follows', previous ? previous.id : 'none: the first of its source on that host'],
		['Key epoch', keyEpoch],
		['Object', objectName],
		['SHA-256', sha256],
		['Tree', tree.join(' ')],
	];
}

/** `coffer show`. */
export async function show(context: CommandContext): Promise<number> {
	const {arguments: flags, cwd, output, runtime} = context;
	const [reference] = flags.input;
	if (reference === undefined) {
		throw new CofferError('usage', 'Name the snapshot to show: its id (or the first digits of it), "latest" or "latest:SOURCE". "coffer snapshots" lists them.');
	}

	const engine = await openEngine(context, createEventPrinter(context).listener);
	try {
		const {snapshots, verifications} = await context.interruptible(async signal => engine.listSnapshots({signal}));
		const snapshot = findSnapshot(snapshots, resolveReference(reference, cwd));
		const {previous, program, objectName, sha256, tree} = snapshot;
		output.value({...snapshotToJson(snapshot, verifications), program, previous: previous ?? null, objectName, sha256, tree});
		for (const [name, text] of rowsOf(snapshot, verifications, runtime.now())) {
			output.print(`${name.padEnd(12)}${text}`);
		}

		return 0;
	} finally {
		await engine.close();
	}
}
