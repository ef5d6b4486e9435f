import type {Key} from '../helpers/terminal-keys.ts';
import type {Wanted} from '../helpers/terminal.ts';

/** What happens at the keyboard of a scene, one step after the other. */
export type Step =
	/** Wait until the screen is so. */
	| {readonly see: Wanted}
	| {readonly press: readonly Key[]}
	/** Type a text letter by letter. */
	| {readonly type: string}
	/** Let an animation stand still, in milliseconds; nobody waits. */
	| {readonly hold: number};

/** A picture of what stands on the screen after the last step, or (`.gif`) an animation of all of it. */
export type Scene = {
	/** Its file below media/. */
	readonly file: string;
	readonly columns: number;
	readonly rows: number;
	/** A shell in which `coffer` is known, or the program with these arguments. */
	readonly start: 'shell' | readonly string[];
	readonly steps: readonly Step[];
};

const large = {columns: 120, rows: 36};
const small = {columns: 80, rows: 24};

/** Press a key, and let what comes of it be seen. */
const pressed = (key: Key, see: Wanted): Step[] => [{press: [key]}, {see}, {hold: 1000}];
/** The shell waits: of the last line there is only its prompt. */
const prompt = /(?:^|\n)\$\s*$/;
const typed = (command: string, see: Wanted): Step[] => [{see: prompt}, {hold: 500}, {type: command}, {hold: 400}, {press: ['enter']}, {see}, {see: prompt}, {hold: 1800}];

/** The dashboard, once it knows everything. */
const main: Step[] = [{see: 'q quit'}, {see: /mail +LATE/}];
/** Its snapshots are known a moment after the overview. */
const toRestore: Step[] = [{see: /data [2-9]s/}, {press: ['G']}, {see: '▸ home'}, {hold: 700}, ...pressed('r', '[1 Snapshot]'), ...pressed('3', /▸ +\w+ .* 3d /), ...pressed('enter', '[2 Pick]'), {see: '▸ [ ]       ▸ anna/'}];

/** The rotation screen, once its checks are done. */
const toRotation: Step[] = [...main, {press: ['K']}, {see: '[Rotate the key]'}, {see: /OK +The key file/}];

/** More bytes no picture may have, as the README loads them. */
export const sizeLimit = (file: string): number => file.endsWith('.gif') ? 3_000_000 : 200_000;

/** All pictures of media/. */
export const scenes: readonly Scene[] = [
	{file: 'main-120x36.png', ...large, start: [], steps: main},
	{file: 'main-80x24.png', ...small, start: [], steps: main},
	{file: 'keys.png', ...large, start: [], steps: [...main, {press: ['2']}, {see: '┏━[2 Keys'}, {press: ['enter']}, {see: '> keys'}, {see: /EPOCH .*\n.* kB |EPOCH .*\n.* MB /}]},
	{file: 'alerts.png', ...large, start: [], steps: [...main, {press: ['4']}, {see: '┏━[4 Alerts'}, {press: ['enter']}, {see: 'Next step'}]},
	{file: 'audit.png', ...large, start: [], steps: [...main, {press: ['A']}, {see: /INTACT: \d+ entr/}]},
	{file: 'schedule.png', ...large, start: [], steps: [...main, {press: ['c']}, {see: 'Next 24 h'}, {see: /daily +[.b]*b/}]},
	{file: 'prune.png', ...large, start: [], steps: [...main, {press: ['P']}, {see: /forgets +\d+ snapshots/}]},
	{file: 'help.png', ...large, start: [], steps: [...main, {press: ['?']}, {see: '[Help'}]},
	{
		file: 'restore.png',
		...large,
		start: [],
		steps: [
			...main, ...toRestore,
			// A mark moves the cursor on.
			{press: ['enter']}, {see: 'docs/'}, {press: ['down', 'space']}, {see: '[x]         ▸ docs/'}, {press: ['space']}, {see: '[x]           thesis.tex'}, {press: ['up']}, {see: '▸ [x]           thesis.tex'}, {see: '─[thesis.tex]'}, {see: 'this one'},
		],
	},
	{
		file: 'dashboard.gif',
		columns: 100,
		rows: 30,
		start: [],
		steps: [
			...main, {hold: 2500},
			...['www', 'git', 'mail'].flatMap((name): Step[] => [{press: ['down']}, {see: `▸ ${name}`}, {hold: 350}]),
			...pressed('b', 'Back up "mail" now?'), ...pressed('y', /mail +OK/), {hold: 1500},
			...toRestore,
			{press: ['/']}, {see: /^ \/ /m}, {hold: 400}, {type: 'thesis'}, {see: '▸ [ ] /tmp/vault01/home/anna/thesis.tex'}, ...pressed('enter', /^\s*$/m), {see: 'this one'}, {hold: 1500},
			...pressed('space', '[x]'), ...pressed('n', '[3 Target]'), {hold: 800}, ...pressed('enter', 'Restore this?'), {hold: 1500}, ...pressed('y', '1 restored'),
			{hold: 2000},
		],
	},
	{
		file: 'command-line.gif',
		columns: 100,
		rows: 24,
		start: 'shell',
		steps: [
			...typed('coffer status', /Repository/),
			...typed('coffer backup home', /home: /),
			...typed('coffer find thesis.tex', /thesis\.tex/),
			...typed('coffer restore latest:home --target restored --include thesis.tex', /restored/i),
			{hold: 2500},
		],
	},
	// The last one, as the key is another afterwards.
	{
		file: 'rotate.gif',
		columns: 100,
		rows: 30,
		start: [],
		steps: [
			...toRotation, {hold: 2500}, ...pressed('space', '(*) keys and data'), {hold: 1500}, ...pressed('enter', 'To go on, type rotate'), {type: 'rotate'}, {hold: 600},
			...pressed('enter', 'Proven: 0 objects under epoch'), {hold: 4000},
		],
	},
];
