import {shortId, type DatabaseFacts, type RepositoryFacts, type StoredSnapshot} from '../../../engine/index.ts';
import {toSafeText, truncateStart} from '../../../text/display-text.ts';
import {formatAge, formatAmount, formatBytes, formatTime} from '../../../text/format.ts';
import {cell, fitCell, row, textRow, wrapText, type Row} from '../../row.ts';

const indent = ' '.repeat(3);

/** Further lines of one thing. */
const detail = (text: string, columns: number, {tone = 'plain', limit}: {readonly tone?: 'plain' | 'muted' | 'warning'; readonly limit?: number} = {}): Row[] =>
	wrapText(text, Math.max(10, columns - indent.length - 1), limit).map(line => textRow(indent + line, tone));

function repositoryRows({path, refs, head, lastCommit, absent = []}: RepositoryFacts, columns: number): Row[] {
	return [
		row(cell(' '), cell(truncateStart(toSafeText(path), Math.max(8, columns - 2)), 'strong')),
		...detail(`${formatAmount(refs, 'ref')}, HEAD ${head}`, columns, {limit: 2}),
		...(lastCommit ? detail(`last commit ${shortId(lastCommit.id)}, ${formatTime(lastCommit.time)}: ${lastCommit.subject}`, columns, {limit: 3}) : detail('no commit yet', columns, {tone: 'muted'})),
		...absent.flatMap(what => detail(`not in it: ${what}`, columns, {tone: 'warning', limit: 3})),
	];
}

const rowsText = ({rows, isSchemaOnly}: Pick<DatabaseFacts, 'rows' | 'isSchemaOnly'>): string => rows === undefined ? (isSchemaOnly ? 'schema only' : 'rows not counted') : formatAmount(rows, 'row');

/** From so many columns on a database has one line. */
const tableFrom = 66;

function databaseRows({name, tables, bytes, ...counts}: DatabaseFacts, columns: number): Row[] {
	const [ofTables, ofRows, size] = [formatAmount(tables, 'table'), rowsText(counts), fitCell(formatBytes(bytes), 10, {align: 'right'})];
	return columns >= tableFrom
		? [row(cell(' '), fitCell(name, columns - 46, {tone: 'strong'}), fitCell(ofTables, 13, {align: 'right'}), fitCell(ofRows, 20, {align: 'right'}), size)]
		: [row(cell(' '), fitCell(name, Math.max(8, columns - 12), {tone: 'strong'}), size), ...detail(`${ofTables}, ${ofRows}`, columns)];
}

type Contents = Pick<StoredSnapshot, 'facts'>;

/** What the source of a snapshot said of itself: each repository and each database. None for other kinds. */
export function contentRows({facts}: Contents, columns: number): Row[] {
	const {origin, repositories = [], databases = []} = facts ?? {};
	return [
		...(origin === undefined ? [] : wrapText(`from ${origin}`, Math.max(10, columns - 2), 2).map(line => textRow(` ${line}`, 'muted'))),
		...repositories.flatMap(one => repositoryRows(one, columns)),
		...databases.flatMap(one => databaseRows(one, columns)),
	];
}

const sum = (counts: ReadonlyArray<number | undefined>): number => counts.reduce<number>((total, count) => total + (count ?? 0), 0);

/** Names of the first few things, and how many more there are. */
function nameFew(names: readonly string[], limit: number): string {
	const more = names.length - limit;
	return `${names.slice(0, limit).join(', ')}${more > 0 ? ` and ${formatAmount(more, 'more', 'more')}` : ''}`;
}

/** The same in one line: how much there is, and what the first ones are called. `undefined`: nothing was said. */
export function contentText({facts}: Contents, nowMs: number): string | undefined {
	const {repositories = [], databases = []} = facts ?? {};
	const commits = repositories.flatMap(({lastCommit}) => lastCommit ?? []).toSorted((a, b) => Date.parse(b.time) - Date.parse(a.time));
	const gaps = repositories.filter(({absent = []}) => absent.length > 0).length;
	const texts = [
		...(repositories.length > 0
			? [
				`${formatAmount(repositories.length, 'repository', 'repositories')}, ${formatAmount(sum(repositories.map(({refs}) => refs)), 'ref')}`,
				...(commits[0] ? [`last commit ${formatAge(commits[0].time, nowMs)}`] : []), ...(gaps > 0 ? [`${gaps} with gaps`] : []),
			]
			: []),
		...(databases.length > 0
			? [
				`${formatAmount(databases.length, 'database')}: ${nameFew(databases.map(({name}) => name), 3)}`, formatAmount(sum(databases.map(({tables}) => tables)), 'table'),
				databases.every(one => one.rows === undefined) ? rowsText(databases[0]!) : formatAmount(sum(databases.map(({rows}) => rows)), 'row'),
			]
			: []),
	];
	return texts.length === 0 ? undefined : texts.join(', ');
}
