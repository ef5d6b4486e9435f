import test from 'ava';
import {resolvePaths} from '../../source/cli/paths.ts';

const cwd = '/cwd';
const user = {environment: {HOME: '/home/u'}, isRoot: false, cwd};

test('an ordinary user: below the home folder', t => {
	t.deepEqual(resolvePaths(user), {
		configFile: '/home/u/.config/coffer/config.json',
		isConfigNamed: false,
		stateFolder: '/home/u/.local/state/coffer',
		defaultRepository: '/home/u/.local/share/coffer/repository',
		defaultKeyFile: '/home/u/.config/coffer/key',
	});
});

test('root: the folders of the system', t => {
	t.deepEqual(resolvePaths({environment: {HOME: '/root'}, isRoot: true, cwd}), {
		configFile: '/etc/coffer/config.json',
		isConfigNamed: false,
		stateFolder: '/var/lib/coffer',
		defaultRepository: '/var/lib/coffer/repository',
		defaultKeyFile: '/etc/coffer/key',
	});
});

test('an explicit XDG folder goes before those, a relative one is ignored', t => {
	const xdg = {XDG_CONFIG_HOME: '/x/config', XDG_STATE_HOME: '/x/state', XDG_DATA_HOME: 'relative'};
	const paths = resolvePaths({environment: xdg, isRoot: true, cwd});
	t.is(paths.configFile, '/x/config/coffer/config.json');
	t.is(paths.stateFolder, '/x/state/coffer');
	t.is(paths.defaultRepository, '/var/lib/coffer/repository');
});

test('systemd goes before XDG; of a list the first counts', t => {
	const paths = resolvePaths({environment: {XDG_CONFIG_HOME: '/x', CONFIGURATION_DIRECTORY: '/etc/a:/etc/b', STATE_DIRECTORY: '/var/lib/a'}, isRoot: true, cwd});
	t.is(paths.configFile, '/etc/a/config.json');
	t.is(paths.stateFolder, '/var/lib/a');
	t.is(paths.defaultRepository, '/var/lib/a/repository');
});

test('COFFER_* goes before systemd, a flag before all', t => {
	const environment = {COFFER_CONFIG: 'own.json', COFFER_STATE_DIRECTORY: '/s', CONFIGURATION_DIRECTORY: '/etc/a', STATE_DIRECTORY: '/var/lib/a'};
	const paths = resolvePaths({environment, isRoot: true, cwd});
	t.like(paths, {configFile: '/cwd/own.json', isConfigNamed: true, stateFolder: '/s', defaultKeyFile: '/cwd/key'});
	t.is(resolvePaths({environment, configFlag: '/f/c.json', isRoot: true, cwd}).configFile, '/f/c.json');
});
