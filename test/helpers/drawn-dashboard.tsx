import process from 'node:process';
import {PassThrough, Writable} from 'node:stream';
import type {ExecutionContext} from 'ava';
import {render} from 'ink';
import {App} from '../../source/ui/app.tsx';
import {Dashboard} from '../../source/ui/dashboard.ts';
import type {DashboardOptions} from '../../source/ui/dashboard-options.ts';
import type {Size} from '../../source/ui/model/state.ts';
import {createTheme} from '../../source/ui/theme.ts';
import {prepareWidths} from '../../source/text/display-text.ts';
import {createFakeEngine, type FakeEngine} from './fake-engine.ts';
import {nowMs} from './overview-builder.ts';
import {ManualClock} from './manual-clock.ts';

/** A terminal that keeps what was last drawn. */
class FakeTerminal extends Writable {
	isTTY = true;
	columns: number;
	rows: number;
	last = '';

	constructor({columns, rows}: Size) {
		super({decodeStrings: false});
		this.columns = columns;
		this.rows = rows;
	}

	override _write(text: string, _: BufferEncoding, callback: () => void): void {
		this.last = text === '' ? this.last : text;
		callback();
	}
}

/** A keyboard that a test types on. */
function createKeyboard() {
	return Object.assign(new PassThrough(), {isTTY: true, setRawMode: () => undefined, ref: () => undefined, unref: () => undefined});
}

// A lone escape character could begin a sequence, and Ink waits for the rest: this one is complete (kitty's keyboard protocol).
const escape = '\u001B[27u';

const keys: Readonly<Record<string, string>> = {
	enter: '\r', escape, up: '\u001B[A', down: '\u001B[B', right: '\u001B[C', left: '\u001B[D', tab: '\t', space: ' ', backspace: '\u007F', 'page-down': '\u001B[6~', 'page-up': '\u001B[5~', 'ctrl-c': '\u0003', 'ctrl-u': '\u0015',
};

export type DrawnDashboard = {
	readonly dashboard: Dashboard;
	readonly engine: FakeEngine;
	readonly clock: ManualClock;
	/** The lines of the screen. */
	readonly frame: () => Promise<string[]>;
	/** Press keys, by their names, and wait until what follows from them is done. */
	readonly press: (...names: readonly string[]) => Promise<void>;
	/** Type a text. */
	readonly type: (text: string) => Promise<void>;
	readonly resize: (size: Size) => Promise<void>;
	/** Give promises that are settled their turn. */
	readonly settle: () => Promise<void>;
};

type Change = Partial<DashboardOptions> & {readonly engine?: FakeEngine; readonly hasColor?: boolean; readonly hasUnicode?: boolean};

/** A dashboard over an engine that a test steers, drawn on a terminal that is none. The time stands still until the clock is moved. */
export async function drawDashboard(t: ExecutionContext, size: Size, {engine = createFakeEngine(), hasColor = false, hasUnicode = false, ...change}: Change = {}): Promise<DrawnDashboard> {
	await prepareWidths(['…']);
	const clock = new ManualClock(nowMs);
	const stdout = new FakeTerminal(size);
	const stdin = createKeyboard();
	const dashboard = new Dashboard({
		host: 'vault01', hasColor, clock, environment: {}, signals: process, restoreFolder: '/root/coffer-restore',
		stdin: stdin as unknown as NodeJS.ReadStream, stdout: stdout as unknown as NodeJS.WriteStream,
		stopProcess: async () => true, exit: () => undefined,
		log: {folder: '/nonexistent/logs', write: () => undefined, in: () => ({write: () => undefined})},
		start: {
			url: '/srv/backup/coffer', startEngine: () => engine,
			sources: engine.overviewValue.sources.map(({name}) => ({source: {kind: 'files', name, paths: [`/srv/${name}`]}})),
		},
		...change,
	}, size);
	const app = render(<App dashboard={dashboard} theme={createTheme({hasColor, hasUnicode})}/>, {
		stdout: stdout as unknown as NodeJS.WriteStream, stdin: stdin as unknown as NodeJS.ReadStream, debug: true, exitOnCtrlC: false, patchConsole: false, interactive: true, maxFps: 1000,
	});
	t.teardown(async () => {
		app.unmount();
		await dashboard.close();
	});
	const settle = async () => {
		for (let turn = 0; turn < 20; turn++) {
			await new Promise(resolve => {
				setImmediate(resolve);
			});
		}
	};

	await settle();
	return {
		dashboard, engine, clock, settle,
		async frame() {
			await settle();
			await app.waitUntilRenderFlush();
			return stdout.last.split('\n');
		},
		async press(...names) {
			for (const name of names) {
				stdin.write(keys[name] ?? name);
				await settle();
			}
		},
		async type(text) {
			stdin.write(text);
			await settle();
		},
		async resize({columns, rows}) {
			stdout.columns = columns;
			stdout.rows = rows;
			stdout.emit('resize');
			await settle();
		},
	};
}
