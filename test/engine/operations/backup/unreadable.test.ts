import {chmodSync} from 'node:fs';
import process from 'node:process';
import test from 'ava';
import type {EngineEvent} from '../../../../source/engine/events.ts';
import {backup} from '../../../../source/engine/operations/backup/backup.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import {createTestRepository, newestSnapshot, readSnapshot} from '../../../helpers/repository-session.ts';
import {createFolder} from '../../../helpers/source-folder.ts';

const runtime = createSystemRuntime();
const nobody = 65_534;

/** Root may read everything: as somebody else for a while. The tests of this file run one after the other, as the user is the whole process's. */
async function withoutPrivileges<Result>(action: () => Promise<Result>): Promise<Result> {
	if (process.geteuid?.() !== 0) {
		return action();
	}

	process.seteuid!(nobody);
	try {
		return await action();
	} finally {
		process.seteuid!(0);
	}
}

async function run(folder: string) {
	const {session} = await createTestRepository(runtime);
	const events: EngineEvent[] = [];
	const onEvent = (event: EngineEvent) => {
		events.push(event);
	};

	const summary = await withoutPrivileges(async () => backup(session, {source: {kind: 'files', name: 'files', paths: [folder]}}, {onEvent}));
	const entries = await readSnapshot(session, await newestSnapshot(session));
	const warnings = events.filter(event => event.event === 'warning');
	return {summary, warnings, names: [...entries.keys()].filter(name => name.startsWith(`${folder}/`)).map(name => name.slice(folder.length + 1))};
}

test.serial('what cannot be read is named and counted; all else is in the snapshot', async t => {
	const folder = createFolder(t, {'open.txt': 'yes', secret: 'no', 'closed/inside': 'no', 'dir/open': 'yes'});
	chmodSync(`${folder}/secret`, 0o000);
	chmodSync(`${folder}/closed`, 0o700);
	if (process.geteuid?.() !== 0) {
		chmodSync(`${folder}/closed`, 0o000);
	}

	const {summary, warnings, names} = await run(folder);
	chmodSync(`${folder}/closed`, 0o700);
	t.deepEqual(names, ['closed', 'dir', 'dir/open', 'open.txt']);
	t.is(summary.unreadable, 2);
	t.is(summary.files, 2);
	t.deepEqual(warnings.map(({kind, path}) => `${kind} ${path}`).toSorted(), [`unreadable ${folder}/closed`, `unreadable ${folder}/secret`]);
	t.true(warnings.every(({message}) => message.includes('permission denied')));
});

test.serial('a directory that may be listed but not entered: every entry is named', async t => {
	const folder = createFolder(t, {'listed/a': '1', 'listed/b': '2', ok: '3'});
	chmodSync(`${folder}/listed`, 0o744);
	if (process.geteuid?.() !== 0) {
		chmodSync(`${folder}/listed`, 0o400);
	}

	const {summary, names} = await run(folder);
	chmodSync(`${folder}/listed`, 0o700);
	t.is(summary.unreadable, 2);
	t.deepEqual(names, ['listed', 'ok']);
});
