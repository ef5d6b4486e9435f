import type {RepositoryId} from '../ids.ts';
import {readAudit, setAudit, type AuditMemory} from './audits.ts';
import type {StateDatabase} from './database.ts';
import {readNotedFindings, replaceNotedFindings, type NotedFinding, type Watch} from './noted-findings.ts';
import {noneSettled, readSettled, setSettled, type SettledIncidents} from './settled-incidents.ts';

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

	/** What looked like a loss and was settled by a person. @throws `state-failed` */
	settled(): SettledIncidents {
		return this.#database.read(connection => readSettled(connection, this.#repository), noneSettled);
	}

	/** @param until - What snapshots up to that time have shown is over: RFC 3339. @throws `state-failed` */
	settle(incidents: ReadonlyArray<{readonly key: string; readonly until: string}>): void {
		this.#database.write(connection => {
			for (const {key, until} of incidents) {
				setSettled(connection, this.#repository, key, until);
			}
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
