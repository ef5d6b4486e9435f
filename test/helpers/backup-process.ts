import {Buffer} from 'node:buffer';
import process from 'node:process';
import {backup} from '../../source/engine/operations/backup/backup.ts';
import {openRepository, openStorage} from '../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import type {SlotId} from '../../source/engine/ids.ts';

/* A process that backs up one folder into a repository of `createTestRepository`: REPOSITORY SLOT-ID FOLDER. */
const [repository = '', slotId = '', folder = ''] = process.argv.slice(2);
const runtime = createSystemRuntime();
const session = await openRepository(openStorage(repository, runtime), {keyFile: {slotId: slotId as SlotId, key: Buffer.alloc(32, 7)}}, runtime);
const summary = await backup(session, {source: {kind: 'files', name: 'files', paths: [folder]}});
console.log(JSON.stringify(summary));
