import type {DatabaseFacts} from '../../source-facts.ts';
import type {DatabaseLoss, DroppedIncident} from '../../incident.ts';
import type {Snapshot} from '../../repository/repository.ts';

/** Fewer rows may go. */
const leastRows = 100;
/** So large a share of the rows has to be there again. */
const mendedShare = 0.75;
/** So many missing tables are named. */
const namedTables = 20;

const databasesOf = ({facts}: Snapshot): readonly DatabaseFacts[] => facts?.databases ?? [];

/** What is missing that held rows; of a schema any table. */
function missingTables(before: DatabaseFacts, now: DatabaseFacts): Pick<DatabaseLoss, 'missingTables' | 'missing'> {
	if (!before.byTable || !now.byTable) {
		return {missingTables: Math.max(0, before.tables - now.tables)};
	}

	const there = new Set(now.byTable.map(({name}) => name));
	const isSchemaOnly = before.isSchemaOnly ?? false;
	const missing = before.byTable.filter(({name, rows}) => !there.has(name) && (rows > 0 || isSchemaOnly)).map(({name}) => name);
	return {missingTables: missing.length, ...(missing.length > 0 && {missing: missing.slice(0, namedTables)})};
}

function compare(before: DatabaseFacts, now: DatabaseFacts | undefined): DatabaseLoss | undefined {
	const {name: database, file, tables: tablesBefore} = before;
	if (now === undefined) {
		return {database, file, isWhole: true, tablesBefore, missingTables: tablesBefore};
	}

	const tables = missingTables(before, now);
	const {rows: rowsBefore = 0} = before;
	const isShrunk = now.rows !== undefined && rowsBefore >= leastRows && now.rows * 2 <= rowsBefore;
	return tables.missingTables > 0 || isShrunk ? {database, file, tablesBefore, ...tables, ...(isShrunk && {rowsBefore, rows: now.rows})} : undefined;
}

/** Both what was lost before and what is lost now. */
function merge(standing: readonly DatabaseLoss[], found: readonly DatabaseLoss[]): DatabaseLoss[] {
	const merged = new Map(standing.map(loss => [loss.file, loss]));
	for (const loss of found) {
		const known = merged.get(loss.file);
		const missing = [...new Set([...known?.missing ?? [], ...loss.missing ?? []])].slice(0, namedTables);
		merged.set(loss.file, known
			? {
				...known, ...loss, tablesBefore: known.tablesBefore,
				missingTables: Math.min(known.tablesBefore, known.missingTables + loss.missingTables),
				...(missing.length > 0 && {missing}),
				...(known.rowsBefore !== undefined && {rowsBefore: known.rowsBefore}),
			}
			: loss);
	}

	return [...merged.values()];
}

/** Whether databases, tables or most rows of the snapshot before are gone. A file of SQLite that is not named any more was left out on purpose. */
export function findDropped(snapshot: Snapshot, previous: Snapshot, standing: DroppedIncident | undefined): DroppedIncident | undefined {
	const now = new Map(databasesOf(snapshot).map(facts => [facts.file, facts]));
	const found = snapshot.facts?.databases === undefined
		? []
		: databasesOf(previous)
			.filter(({file}) => now.has(file) || snapshot.kind !== 'sqlite')
			.map(before => compare(before, now.get(before.file)))
			.filter(loss => loss !== undefined);
	return found.length === 0 ? standing : {kind: 'dropped', time: snapshot.time, losses: merge(standing?.losses ?? [], found)};
}

function isBack({isWhole = false, missing, missingTables: count, tablesBefore, rowsBefore}: DatabaseLoss, now: DatabaseFacts | undefined): boolean {
	if (now === undefined) {
		return false;
	}

	const there = new Set((now.byTable ?? []).map(({name}) => name));
	const hasNames = now.byTable !== undefined && missing?.length === count;
	const hasTables = count === 0 || (hasNames ? missing.every(name => there.has(name)) : now.tables >= tablesBefore);
	return (hasTables || (isWhole && now.tables >= mendedShare * tablesBefore)) && (rowsBefore === undefined || (now.rows ?? 0) >= mendedShare * rowsBefore);
}

/** What of a loss a later snapshot still lacks. */
export function stillDropped({losses, ...rest}: DroppedIncident, snapshot: Snapshot): DroppedIncident | undefined {
	const now = new Map(databasesOf(snapshot).map(facts => [facts.file, facts]));
	const left = losses.filter(loss => !isBack(loss, now.get(loss.file)));
	return left.length === 0 ? undefined : {...rest, losses: left};
}
