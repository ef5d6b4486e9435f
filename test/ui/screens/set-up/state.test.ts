import test from 'ava';
import fc from 'fast-check';
import type {FilesSource} from '../../../../source/engine/index.ts';
import type {SetUpProposal} from '../../../../source/ui/dashboard-options.ts';
import {addFolder, choiceOf, createSetUpScreen, fieldAtCursor, moveInSetUp, nameFolder, sourceAtCursor, toAbsolutePath, toggleSource, whyNotThere, withoutProblem} from '../../../../source/ui/screens/set-up/state.ts';

const sources: readonly FilesSource[] = [{kind: 'files', name: 'etc', paths: ['/etc']}, {kind: 'files', name: 'root', paths: ['/root'], excludes: ['.cache/']}];
const proposal: SetUpProposal = {
	repository: '/var/lib/coffer/repository', keyFile: '/etc/coffer/key', configFile: '/etc/coffer/config.json',
	sources: sources.map(source => ({source, isMarked: true})),
};
const screen = createSetUpScreen(proposal);

test('what is proposed is what is created unless somebody changes it', t => {
	t.deepEqual(choiceOf(screen), {repository: proposal.repository, keyFile: proposal.keyFile, sources});
});

test('the cursor goes over the two fields and the sources', t => {
	t.is(fieldAtCursor(screen), 'repository');
	t.is(fieldAtCursor(moveInSetUp(screen, 'down', 10)), 'keyFile');
	const last = moveInSetUp(screen, 'last', 10);
	t.is(fieldAtCursor(last), undefined);
	t.is(sourceAtCursor(last)!.name, 'root');
	t.is(moveInSetUp(last, 'down', 10).cursor, last.cursor);
	t.is(sourceAtCursor(screen), undefined);
});

test('only a source can be marked', t => {
	t.is(toggleSource(screen), screen);
	const unmarked = toggleSource({...screen, cursor: 2});
	t.deepEqual(choiceOf(unmarked).sources.map(({name}) => name), ['root']);
	t.deepEqual(choiceOf(toggleSource(unmarked)).sources.map(({name}) => name), ['etc', 'root']);
});

test('a folder that is added is marked, under a name of its own, with the cursor on it', t => {
	const added = addFolder(screen, '/srv/etc');
	t.deepEqual(choiceOf(added).sources.at(-1), {kind: 'files', name: 'etc-2', paths: ['/srv/etc']});
	t.is(sourceAtCursor(added)!.name, 'etc-2');
	const again = addFolder(toggleSource(added), '/srv/etc');
	t.is(again.sources.length, 3);
	t.deepEqual(again.chosen, ['etc', 'root', 'etc-2']);
	t.is(sourceAtCursor(addFolder(screen, '/etc'))!.name, 'etc');
	t.deepEqual(addFolder(screen, '/etc').chosen, ['etc', 'root']);
});

test('names of folders are such as the configuration takes', t => {
	t.is(nameFolder('/srv/www', []), 'www');
	t.is(nameFolder('/srv/www', ['www', 'www-2']), 'www-3');
	t.is(nameFolder('/', []), 'folder');
	t.is(nameFolder('/srv/latest', []), 'folder');
	t.is(nameFolder('/srv/a b,c:d\u001B', []), 'a-b-c-d-');
	// As source/cli/config-schema.ts has it.
	const valid = /^[^\s\/:,\p{Control}][^\/:,\p{Control}]{0,99}$/v;
	fc.assert(fc.property(fc.string({unit: 'binary', minLength: 1, maxLength: 150}), fc.integer({min: 0, max: 3}), (base, taken) => {
		const folder = `/srv/${base}`;
		const names: string[] = [];
		for (let number = 0; number <= taken; number++) {
			names.push(nameFolder(folder, names));
		}

		return names.every(name => valid.test(name)) && new Set(names).size === names.length;
	}), {numRuns: 2000});
});

test('paths are absolute and as they are usually written', t => {
	t.is(toAbsolutePath(' /srv//www/../web/ '), '/srv/web');
	t.is(toAbsolutePath('/'), '/');
	for (const text of ['', ' ', 'srv', './srv', '~/srv', 's3://host/bucket']) {
		t.is(toAbsolutePath(text), undefined, text);
	}
});

test('repository, key file and configuration do not get into each other\'s way', t => {
	t.is(whyNotThere(screen), undefined);
	t.regex(whyNotThere({...screen, keyFile: '/var/lib/coffer/repository/key'})!, /may not be in the repository/);
	t.regex(whyNotThere({...screen, keyFile: '/var/lib/coffer/repository'})!, /may not be in the repository/);
	t.regex(whyNotThere({...screen, repository: '/'})!, /may not be in the repository/);
	t.regex(whyNotThere({...screen, repository: '/etc/coffer/key/x'})!, /a file will be there/);
	t.regex(whyNotThere({...screen, repository: '/etc/coffer/config.json'})!, /a file will be there/);
	t.regex(whyNotThere({...screen, keyFile: '/etc/coffer/config.json'})!, /the configuration will be there/);
	t.is(whyNotThere({...screen, keyFile: '/var/lib/coffer/repository.key'}), undefined);
});

test('a problem can be over', t => {
	t.deepEqual(withoutProblem({...screen, problem: 'x'}), screen);
});
