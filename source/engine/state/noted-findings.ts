import type {RepositoryId} from '../ids.ts';
import type {Row, StateConnection} from './connection.ts';
import {optional, toText, toTime} from './shapes.ts';
import {toShortLine} from './short-line.ts';

/** Who looks at what an overview of the repository does not show: `coffer monitor`, the job `audit`, and whoever verifies the audit log. */
export type Watch = 'monitor' | 'audit' | 'audit-log';

/** What a watch has found; the words of kind and severity may be those of a later version. */
export type NotedFinding = {
	readonly key: string;
	readonly kind: string;
	readonly severity: string;
	readonly object: string;
	readonly message: string;
	readonly cause?: string;
	readonly nextStep: string;
	/** When it was found last: RFC 3339. */
	readonly time: string;
};

function decodeFinding(row: Row): NotedFinding {
	return {
		key: toText(row['key']),
		kind: toText(row['kind']),
		severity: toText(row['severity']),
		object: toText(row['object']),
		message: toText(row['message']),
		...optional('cause', row['cause'], toText),
		nextStep: toText(row['next_step']),
		time: toTime(row['time']),
	};
}

/** All that are remembered, in no order. */
export function readNotedFindings(connection: StateConnection, repository: RepositoryId): NotedFinding[] {
	return connection.all('SELECT * FROM noted_finding WHERE repository = ?', repository).map(row => decodeFinding(row));
}

/** Put what a watch finds now in the place of what it found before; long texts are cut. */
export function replaceNotedFindings(connection: StateConnection, repository: RepositoryId, watch: Watch, findings: readonly NotedFinding[]): void {
	connection.run('DELETE FROM noted_finding WHERE repository = ? AND watch = ?', repository, watch);
	for (const {key, kind, severity, object, message, cause, nextStep, time} of findings) {
		connection.run(
			'INSERT OR REPLACE INTO noted_finding (repository, watch, key, kind, severity, object, message, cause, next_step, time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
			repository,
			watch,
			key,
			kind,
			severity,
			object,
			toShortLine(message),
			cause === undefined ? undefined : toShortLine(cause),
			toShortLine(nextStep),
			time,
		);
	}
}
