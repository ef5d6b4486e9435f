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

const main = /q quit/;
const large = {columns: 120, rows: 36};
const small = {columns: 80, rows: 24};

const pressed = (key: Key, see: Wanted): Step[] => [{press: [key]}, {see}, {hold: 900}];
/** The shell waits: of the last line there is only its prompt. */
const prompt = /(?:^|\n)\$\s*$/;
const typed = (command: string, see: Wanted): Step[] => [{see: prompt}, {hold: 500}, {type: command}, {hold: 400}, {press: ['enter']}, {see}, {see: prompt}, {hold: 1800}];

/** All pictures of media/. */
export const scenes: readonly Scene[] = [
	{file: 'main-120x36.png', ...large, start: [], steps: [{see: main}, {see: /LATE/}]},
	{file: 'main-80x24.png', ...small, start: [], steps: [{see: main}, {see: /LATE/}]},
	{file: 'keys.png', ...large, start: [], steps: [{see: main}, {see: /LATE/}, {press: ['2']}, {press: ['enter']}, {see: /epoch/i}]},
	{file: 'alerts.png', ...large, start: [], steps: [{see: main}, {see: /LATE/}, {press: ['4']}, {press: ['enter']}, {see: /next step/i}]},
	{file: 'help.png', ...large, start: [], steps: [{see: main}, {see: /LATE/}, {press: ['?']}, {see: /acknowledge/i}]},
	{file: 'restore.png', ...large, start: [], steps: [{see: main}, {see: /LATE/}, {press: ['r']}, {see: /Snapshot/}, {press: ['enter']}, {see: /Pick files/}, {press: ['space']}, {see: /\[x\]/}]},
	{
		file: 'dashboard.gif',
		columns: 100,
		rows: 30,
		start: [],
		steps: [
			{see: main}, {see: /LATE/}, {hold: 2000},
			...pressed('b', /y\/N/), ...pressed('y', /RUN|OK +now/),
			...pressed('r', /Snapshot/), ...pressed('enter', /Pick files/), ...pressed('space', /\[x\]/), ...pressed('n', /Target/), ...pressed('n', /Preview/), ...pressed('y', /restored/i),
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
];
