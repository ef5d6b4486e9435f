import type {RepositoryId} from '../ids.ts';
import {readAudit, setAudit, type AuditMemory} from './audits.ts';
import type {StateDatabase} from './database.ts';
import {readNotedFindings, replaceNotedFindings, type NotedFinding, type Watch} from './noted-findings.ts';

/** What the watches of this host have found about one repository. Every method that writes does all of it or nothing. */
export class WatchState {
	readonly #database: StateDatabase;
	readonly #repository: RepositoryId;

	constructor(database: StateDatabase, repository: RepositoryId) {
		this.#database = database;
		this.#repository = repository;
	}

	/** In no order. @throws `state-failed` */
	findings(): NotedFinding[] {
		return this.#database.read(connection => readNotedFindings(connection, this.#repository), []);
	}

	/** Put what a watch finds now in the place of what it found before. @throws `state-failed` */
	replace(watch: Watch, findings: readonly NotedFinding[]): void {
		this.#database.write(connection => {
			replaceNotedFindings(connection, this.#repository, watch, findings);
		});
	}

	/** The last audit; `undefined` before the first. @throws `state-failed` */
	audit(): AuditMemory | undefined {
		return this.#database.read(connection => readAudit(connection, this.#repository), undefined);
	}

	/** Remember an audit in the place of the one before. @throws `state-failed` */
	recordAudit(audit: AuditMemory): void {
		this.#database.write(connection => {
			setAudit(connection, this.#repository, audit);
		});
	}
}
