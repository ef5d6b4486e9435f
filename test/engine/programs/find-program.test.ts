import {chmodSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {findProgram} from '../../../source/engine/programs/find-program.ts';
import {createFolder} from '../../helpers/source-folder.ts';

test('the usual folders come before PATH, and are there without one; relative folders of PATH are none', t => {
	const folder = createFolder(t, {sh: 'evil', own: '#!/bin/sh', plain: 'no program', 'folder/': ''});
	for (const name of ['sh', 'own']) {
		chmodSync(path.join(folder, name), 0o755);
	}

	const environment = {PATH: `${folder}:.:relative`};
	t.regex(findProgram(['sh'], {environment}) ?? '', /^\/(?:usr\/)?bin\/sh$/);
	t.regex(findProgram(['sh'], {environment: {}}) ?? '', /\/sh$/);
	t.is(findProgram(['own'], {environment}), path.join(folder, 'own'));
	t.is(findProgram(['own'], {environment: {}}), undefined);
	t.is(findProgram(['sh'], {environment: {}}, [folder]), path.join(folder, 'sh'));
	for (const name of ['plain', 'folder', 'missing']) {
		t.is(findProgram([name], {environment}), undefined);
	}

	t.is(findProgram(['missing', 'own'], {environment}), path.join(folder, 'own'));
	t.is(findProgram([path.join(folder, 'own')], {environment: {}}), path.join(folder, 'own'));
});
