import process from 'node:process';
import {AuditLog} from '../../source/engine/audit/audit-log.ts';
import type {RepositoryId} from '../../source/engine/ids.ts';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {auditActor, auditKey, auditRecord} from './audit-record.ts';

/* A process that writes entries into an audit log: FOLDER COUNT. It says the number of each that is durable. */
const [stateFolder = '', count = '1'] = process.argv.slice(2);
const log = new AuditLog({stateFolder, repository: 'a'.repeat(32) as RepositoryId, runtime: createSystemRuntime(), warn(message) {
	process.stderr.write(`${message}\n`);
}, fullBytes: 20_000});
for (let number = 1; number <= Number(count); number++) {
	process.stdout.write(`${log.append(auditRecord(number), auditActor, auditKey).number}\n`);
}

log.close();
