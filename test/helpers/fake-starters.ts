import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {loadConfig} from '../../source/cli/config.ts';
import {jobsOf} from '../../source/cli/configured-jobs.ts';
import type {CommandLineContext} from '../../source/cli/run.ts';
import {createSystemRuntime, ownTimeZone, type Runtime} from '../../source/engine/index.ts';
import {prepareHost} from './command-examples.ts';
import type {Outcome, TestHost} from './run-coffer.ts';

/** Keeps the crontab in a file beside it, and refuses one without a last line feed, as that of Debian does. */
const fakeCrontab = `#!/bin/sh
cd "$(dirname "$0")" || exit 9
printf '%s\\n' "$*" >>crontab.calls
case "$1" in
-l) if [ -f crontab.denied ]; then echo 'You (ann) are not allowed to use this program (crontab)' >&2; exit 1; fi
	if [ -f crontab.text ]; then exec sed 's/\\r/\\\\r/g' crontab.text; fi; echo 'no crontab for ann' >&2; exit 1;;
-e) exec $VISUAL crontab.text;;
-r) rm -f crontab.text;;
-T) if [ -f crontab.checks ]; then if grep -q WRONG "$2"; then echo "$2:1: bad minute" >&2; exit 1; fi; exit 0; fi; printf "crontab: invalid option -- 'T'\ncrontab: usage error: unrecognized option\nusage:\tcrontab [-u user] file\n\n\t-l\t(list)\n\t-r\t(delete)\n\t-i\t(prompt)\n" >&2; exit 1;;
-) cat >crontab.new; if [ -n "$(tail -c 1 crontab.new)" ]; then echo 'new crontab file is missing newline before EOF' >&2; exit 1; fi; mv crontab.new crontab.text;;
*) exit 9;;
esac
`;

/** Remembers what is switched on, in files. */
const fakeSystemctl = `#!/bin/sh
cd "$(dirname "$0")" || exit 9
printf '%s\\n' "$*" >>systemctl.calls
[ "$1" = --user ] && shift
verb=$1; shift
[ -f systemctl.dead ] && { echo 'Failed to connect to bus' >&2; exit 1; }
while [ $# -gt 0 ]; do case "$1" in -*) shift;; *) break;; esac; done
case "$verb" in
show|daemon-reload) ;;
is-enabled) if [ -f "on/$1" ]; then echo enabled; else echo disabled; exit 1; fi;;
is-active) if [ -f "on/$1" ]; then echo active; else echo inactive; exit 3; fi;;
enable) mkdir -p on; for unit; do : >"on/$unit"; done;;
disable) for unit; do rm -f "on/$unit"; done;;
*) exit 9;;
esac
`;

/** A machine of the test's own: what starts programs there is made of files. */
export class FakeMachine {
	readonly host: TestHost;
	readonly folder: string;
	/** Whether the program is really started as cron starts it; else what it would say is said. */
	isTried = false;
	readonly #options: {readonly isRoot: boolean};

	private constructor(host: TestHost, options: {readonly isRoot: boolean}) {
		this.host = host;
		this.folder = host.path('machine');
		this.#options = options;
	}

	/** With a repository, a configuration with one source, and the fakes. @param options.hasSystemd - @default false */
	static async create(host: TestHost, {isRoot = false, hasSystemd = false}: {readonly isRoot?: boolean; readonly hasSystemd?: boolean} = {}): Promise<FakeMachine> {
		await prepareHost(host);
		const machine = new FakeMachine(host, {isRoot});
		mkdirSync(machine.path('units'), {recursive: true});
		writeFileSync(machine.path('crontab'), fakeCrontab, {mode: 0o755});
		writeFileSync(machine.path('systemctl'), fakeSystemctl, {mode: 0o755});
		mkdirSync(machine.path('proc/1'), {recursive: true});
		writeFileSync(machine.path('proc/1/comm'), 'cron\n');
		if (hasSystemd) {
			mkdirSync(machine.path('running'));
		}

		return machine;
	}

	path(...parts: string[]): string {
		return path.join(this.folder, ...parts);
	}

	get unitFolder(): string {
		return this.#options.isRoot ? this.path('units') : this.host.path('home/.config/systemd/user');
	}

	/** The crontab, one character a byte; `undefined` where there is none. */
	get crontab(): string | undefined {
		return existsSync(this.path('crontab.text')) ? readFileSync(this.path('crontab.text'), 'latin1') : undefined;
	}

	set crontab(text: string | undefined) {
		writeFileSync(this.path('crontab.text'), text ?? '', 'latin1');
	}

	/** The units that are there, by the names of their files. */
	get units(): Record<string, string> {
		const names = existsSync(this.unitFolder) ? readdirSync(this.unitFolder) : [];
		return Object.fromEntries(names.map(name => [name, readFileSync(path.join(this.unitFolder, name), 'utf8')]));
	}

	/** The units that are switched on. */
	get enabled(): string[] {
		return existsSync(this.path('on')) ? readdirSync(this.path('on')) : [];
	}

	/** How a program was called. */
	calls(program: 'crontab' | 'systemctl'): string[] {
		const file = this.path(`${program}.calls`);
		return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(line => line !== '') : [];
	}

	/** Change the configuration. */
	configure(change: Record<string, unknown>): void {
		const config = JSON.parse(readFileSync(this.host.configFile, 'utf8')) as Record<string, unknown>;
		writeFileSync(this.host.configFile, JSON.stringify({...config, ...change}));
	}

	/** Run a command line on this machine. */
	async run(argv: readonly string[], options: Partial<CommandLineContext> = {}): Promise<Outcome> {
		const environment = {...this.host.environment, TZ: undefined, PATH: `${this.folder}:/usr/bin:/bin`, ...options.environment};
		const facts = this.isTried ? '' : await this.#facts(argv);
		return this.host.runHere(argv, {
			isRoot: this.#options.isRoot,
			runtime: this.#runtime(environment, facts),
			starterPlaces: {
				home: this.host.path('home'), systemUnits: this.path('units'), runningSystemd: this.path('running'), lingeringUsers: this.path('linger'), processes: this.path('proc'),
			},
			...options,
			environment,
		});
	}

	/** Those of this machine may have programs of these names in the usual places, which are looked into first. */
	#runtime(environment: Readonly<Record<string, string | undefined>>, facts: string): Runtime {
		const system = createSystemRuntime({environment});
		const spawn: Runtime['spawn'] = ((program: string, argv: readonly string[], options: object) => {
			const name = path.basename(program);
			if (name === 'env' && !this.isTried) {
				return system.spawn('/bin/sh', ['-c', 'printf %s "$1"', 'sh', facts], options);
			}

			return system.spawn(existsSync(this.path(name)) ? this.path(name) : program, argv, options);
		}) as Runtime['spawn'];
		return Object.create(system, {spawn: {value: spawn}, environment: {value: environment}}) as Runtime;
	}

	/** What an unattended run would find. */
	async #facts(argv: readonly string[]): Promise<string> {
		const named = argv.indexOf('--config');
		const configFile = named === -1 ? this.host.configFile : argv[named + 1]!;
		const config = await loadConfig(configFile, {isNamed: false}).catch(() => undefined);
		return JSON.stringify({configFile, stateFolder: this.host.stateFolder, repository: this.host.repository, timeZone: ownTimeZone(), jobs: jobsOf(config)});
	}
}
