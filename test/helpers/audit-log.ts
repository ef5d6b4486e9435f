import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {AuditLog, type AuditLogOptions} from '../../source/engine/audit/audit-log.ts';
import type {AuditRecord} from '../../source/engine/audit/audit-entry.ts';
import {openLog} from '../../source/engine/audit/open-log.ts';
import {verifyLog, type AuditVerification, type KnownHead} from '../../source/engine/audit/verify-log.ts';
import type {RepositoryId} from '../../source/engine/ids.ts';
import {auditActor, auditKey, auditRecord} from './audit-record.ts';
import {createFolder} from './source-folder.ts';
import {createTestRuntime} from './test-runtime.ts';

export {auditActor, auditKey, auditRecord} from './audit-record.ts';

/** A log in a folder of its own. */
export function createAuditLog(t: ExecutionContext, options: Partial<AuditLogOptions> = {}) {
	const stateFolder = options.stateFolder ?? path.join(createFolder(t), 'state');
	const warnings: string[] = [];
	const log = new AuditLog({stateFolder, repository: 'a'.repeat(32) as RepositoryId, runtime: createTestRuntime(), warn(message) {
		warnings.push(message);
	}, ...options});
	t.teardown(() => {
		log.close();
	});
	return {
		log,
		stateFolder,
		warnings,
		append: (number: number, change?: Partial<AuditRecord>) => log.append(auditRecord(number, change), auditActor, auditKey),
		/** Verify what lies there, as it lies there. @param heads - @default what the host remembers */
		verify: (heads?: readonly KnownHead[]) => verifyFolder(log.folder, heads ?? [{...log.head()!, where: 'this host'}]),
	};
}

/** Verify the log in a folder. */
export function verifyFolder(folder: string, heads: readonly KnownHead[] = [], key = auditKey): AuditVerification {
	const opened = openLog(folder, undefined);
	try {
		return verifyLog(opened.lines(), key, {heads});
	} finally {
		opened.close();
	}
}

/** The lines of a log's file, without their ends. */
export const readLines = (folder: string, file = 'audit.jsonl'): string[] => readFileSync(path.join(folder, file), 'utf8').trimEnd().split('\n');

/** Put other lines in their place. */
export function writeLines(folder: string, lines: readonly string[], file = 'audit.jsonl'): void {
	writeFileSync(path.join(folder, file), lines.map(line => `${line}\n`).join(''));
}

/** Names of the files of a log, without its key. */
export const auditFilesIn = (folder: string): string[] => readdirSync(folder).filter(name => name.endsWith('.jsonl')).toSorted();
