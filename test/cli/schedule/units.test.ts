import {spawnSync} from 'node:child_process';
import {copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import type {Installation} from '../../../source/cli/schedule/installation.ts';
import {planDaemon, planTimers, type PlannedUnits} from '../../../source/cli/schedule/plan-units.ts';
import type {UnitSurroundings} from '../../../source/cli/schedule/unit-surroundings.ts';
import {escapeUnitName} from '../../../source/cli/schedule/unit-words.ts';
import {refuses} from '../../helpers/error-assertions.ts';
import {optionalTest} from '../../helpers/optional-test.ts';
import {createInstallation, createJob, createSurroundings, exampleJobs} from '../../helpers/schedule-plans.ts';
import {createFolder} from '../../helpers/source-folder.ts';

const timers = (installation: Installation, surroundings: UnitSurroundings, jobs = exampleJobs): PlannedUnits => planTimers(installation, surroundings, jobs, 'Europe/Berlin');

const annsState = {stateFolder: '/home/ann/100% state', isStateUsual: false};
const annsInstallation = {configFile: '/home/ann/my backups/config.json', isUsual: false, environment: {COFFER_STATE_DIRECTORY: annsState.stateFolder}};

/** Each with a folder of `fixtures/schedule`. */
const plans: Readonly<Record<string, PlannedUnits>> = {
	system: timers(createInstallation(), createSurroundings()),
	user: timers(createInstallation(annsInstallation), createSurroundings({...annsState, isSystem: false, home: '/home/ann', repository: 'sftp://backup@host/repo', keyFile: '/home/ann/key'}), exampleJobs.slice(0, 1)),
	hooks: timers(createInstallation(), createSurroundings({hasBackupPrograms: true, usesTemporaryFolders: true, databaseFolders: ['/srv/my app']}), exampleJobs.slice(0, 3)),
	daemon: planDaemon(createInstallation(), createSurroundings()),
};

for (const [name, {files, enabled}] of Object.entries(plans)) {
	test(`units as they are written: ${name}`, t => {
		const folder = path.join('test/fixtures/schedule', name);
		t.deepEqual([...files.keys()].toSorted(), readdirSync(folder).toSorted());
		for (const [file, text] of files) {
			t.is(text, readFileSync(path.join(folder, file), 'utf8'), file);
		}

		t.deepEqual(enabled.filter(unit => !files.has(unit)), []);
		t.log(`${files.size} units`);
	});
}

test('the key is a credential, except for who replaces the key file, or looks at it', t => {
	const textOf = (kind: 'backup' | 'verify' | 'prune' | 'monitor' | 'report' | 'audit' | 'rotate', changes = {}) => timers(createInstallation(), createSurroundings(changes), [createJob({name: 'x', kind})]).files.get('coffer-x.service')!;
	for (const kind of ['backup', 'verify', 'prune', 'report'] as const) {
		t.regex(textOf(kind), /^LoadCredential=coffer\.key:\/etc\/coffer\/key\nExecStart=[^\n]+ --key-file \$\{CREDENTIALS_DIRECTORY\}\/coffer\.key /m);
		t.notRegex(textOf(kind), /ReadWritePaths=.*\/etc\/coffer/);
	}

	for (const kind of ['monitor', 'audit'] as const) {
		t.notRegex(textOf(kind), /LoadCredential|CREDENTIALS|ReadWritePaths=.*\/etc\/coffer/);
		t.regex(textOf(kind), /^SuccessExitStatus=20 21 130$/m);
	}

	t.notRegex(textOf('rotate'), /LoadCredential|CREDENTIALS/);
	t.regex(textOf('rotate'), /^ReadWritePaths=-\/srv\/coffer -\/etc\/coffer$/m);
	t.notRegex(textOf('backup', {keyFile: undefined}), /LoadCredential|CREDENTIALS/);
	const named = createInstallation({command: {...createInstallation().command, globals: ['--config', '/c', '--key-file', '/k']}});
	t.regex(timers(named, createSurroundings({keyFile: '/k'}), [createJob({name: 'x'})]).files.get('coffer-x.service')!, /--config \/c --key-file \$\{CREDENTIALS_DIRECTORY\}\/coffer\.key schedule run x/);
});

test('what a backup reads stays open to it', t => {
	const sealed = plans['system']!.files.get('coffer-daily.service')!;
	// They would hide /usr/lib/modules, devices, homes and other processes; V8 cannot do without the last.
	t.notRegex(sealed, /^(?:ProtectKernelModules|PrivateDevices|ProtectHome|ProtectProc|PrivateUsers|MemoryDenyWriteExecute)=/m);
	const inTemporary = timers(createInstallation(), createSurroundings({usesTemporaryFolders: true, databaseFolders: ['/srv/my app']}), [createJob()]).files.get('coffer-daily.service')!;
	t.notRegex(inTemporary, /^PrivateTmp/m);
	t.regex(inTemporary, /^ReadWritePaths=-\/srv\/coffer "-\/srv\/my app" -\/tmp -\/var\/tmp$/m);
	const withHooks = plans['hooks']!.files.get('coffer-daily.service')!;
	t.notRegex(withHooks, /^(?:NoNewPrivileges|ProtectSystem|CapabilityBoundingSet|SystemCallFilter)=/m);
	t.regex(plans['hooks']!.files.get('coffer-monitor.service')!, /^ProtectSystem=strict$/m);
	t.notRegex(plans['user']!.files.get(`coffer-${createInstallation(annsInstallation).id}-daily.service`)!, /^(?:Protect|Private|ReadWrite)/m);
});

test('names of units', t => {
	t.is(escapeUnitName('daily'), 'daily');
	t.is(escapeUnitName('a b%"@é'), String.raw`a\x20b\x25\x22\x40\xc3\xa9`);
	t.is(escapeUnitName('.x'), String.raw`\x2ex`);
	refuses(t, () => timers(createInstallation(), createSurroundings(), [createJob({name: 'x'.repeat(240)})]), 'configuration-invalid', /too long for a unit/);
	refuses(t, () => timers(createInstallation({command: {...createInstallation().command, node: '/opt/"n"/node'}}), createSurroundings()), 'configuration-invalid', /systemd starts no program whose path holds quotes/);
	refuses(t, () => timers(createInstallation(), createSurroundings(), [createJob({name: 'a\nb'})]), 'configuration-invalid', /control character/);
});

const lackOfAnalyze = spawnSync('systemd-analyze', ['verify', '--help']).status === 0 ? undefined : 'systemd-analyze is not installed';

optionalTest(lackOfAnalyze, 'systemd finds nothing wrong with them, hostile paths included', t => {
	// eslint-disable-next-line no-template-curly-in-string -- it shall stay what it is
	const hostile = 'we"ird $HOME 100% o\'neil ${x};# %h';
	const folder = createFolder(t);
	mkdirSync(path.join(folder, hostile));
	// Of programs systemd takes no name with quotes.
	const node = path.join(folder, hostile.replaceAll(/["']/g, ''), 'node');
	mkdirSync(path.dirname(node));
	copyFileSync('/bin/true', node);
	const installation = createInstallation({
		configFile: path.join(folder, hostile, 'config.json'),
		command: {node, script: path.join(folder, hostile, 'dist/cli.js'), globals: ['--config', path.join(folder, hostile, 'config.json')]},
		environment: {COFFER_STATE_DIRECTORY: path.join(folder, hostile), COFFER_PASSPHRASE_FILE: hostile},
	});
	const surroundings = createSurroundings({repository: path.join(folder, hostile), keyFile: path.join(folder, hostile, 'key'), stateFolder: path.join(folder, hostile), isStateUsual: false, databaseFolders: [path.join(folder, hostile)]});
	let checked = 0;
	for (const [name, {files}] of Object.entries({...plans, hostile: timers(installation, surroundings), hostileDaemon: planDaemon(installation, surroundings)})) {
		const units = path.join(folder, name);
		mkdirSync(units);
		for (const [file, text] of files) {
			writeFileSync(path.join(units, file), text.replaceAll('/usr/bin/node', () => process.execPath));
		}

		const {status, stderr} = spawnSync('systemd-analyze', ['verify', '--man=no', ...(name === 'user' ? ['--user'] : []), ...[...files.keys()].map(file => path.join(units, file))], {encoding: 'utf8', env: {...process.env, SYSTEMD_LOG_LEVEL: 'warning'}});
		// Without a manager of its own it cannot tell where runtime files of a user lie.
		const complaints = stderr.split('\n').filter(line => line.includes(units) || line.includes('coffer'));
		t.deepEqual(complaints, [], name);
		t.is(status === 0 || name === 'user', true, `${name}: ${stderr}`);
		checked += files.size;
	}

	t.log(`${checked} units`);
});
