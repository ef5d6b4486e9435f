import {existsSync, readdirSync, readFileSync, statSync, writeFileSync, chmodSync} from 'node:fs';
import path from 'node:path';
import {assertSameRepository, backUpGit, commitFile, describeRefs, git, gitLack, makeRepository, restoreGit} from '../../../helpers/git-repositories.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createTestRepository} from '../../../helpers/repository-session.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';

optionalTest(gitLack, 'a repository comes back with all its refs', async t => {
	const folder = createFolder(t);
	const original = path.join(folder, 'crm');
	makeRepository(original);
	const hook = path.join(original, '.git/hooks/pre-commit');
	writeFileSync(hook, '#!/bin/sh\nexit 0\n');
	chmodSync(hook, 0o750);
	const {session} = await createTestRepository(createSystemRuntime());
	const {facts, messages, summary} = await backUpGit(session, {paths: [original]});
	t.log(facts, messages, summary);
	const target = path.join(folder, 'target');
	const restored = await restoreGit(session, target);
	t.log(restored);
	const copy = path.join(target, original);
	t.deepEqual(restored.problems, []);
	assertSameRepository(t, original, copy);
	t.log(readdirSync(path.join(copy, '.git')), describeRefs(copy));
	t.true(existsSync(copy) && statSync(path.join(copy, '.git/hooks/pre-commit')).mode === 0o100750 && readFileSync(path.join(copy, '.git/config'), 'utf8') !== '');
	commitFile(copy, 'z', 'z');
	git(copy, 'gc', '-q');
});
