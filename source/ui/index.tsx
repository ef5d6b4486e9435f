import {render} from 'ink';
import {prepareWidths} from '../text/display-text.ts';
import {App} from './app.tsx';
import {Dashboard} from './dashboard.ts';
import type {DashboardOptions} from './dashboard-options.ts';
import {createTheme, hasUnicodeLocale} from './theme.ts';

export type {Connection, DashboardOptions, FirstRun, JobChange, LogWriter, ScheduleControl, SecretPlace, SetUpChoice, SetUpProposal, SourceChoice} from './dashboard-options.ts';
export {bindings, keyText} from './keymap.ts';

/** Signals that end the program; the terminal may be gone already. */
const endings = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;
/** Those that end it at once while jobs are being stopped. */
const hurries = ['SIGTERM', 'SIGINT'] as const;

/** So long after the last change of its size the terminal is drawn anew, in milliseconds. */
const redrawDelayMs = 100;

/** So long jobs may take to end, in milliseconds; one that hangs, as on a disk that does not answer, keeps nobody for ever. */
const closingMs = 60_000;

/** The exit code of a program that a signal has ended. */
const interruptedCode = 130;

/** Stop jobs safely. Another signal ends the process at once, and so does waiting for too long: what engines have a process of their own for ends safely by itself when nobody listens any more. */
async function closeOrEnd(dashboard: Dashboard, {signals, exit, onStopping}: DashboardOptions): Promise<void> {
	const end = () => {
		exit(interruptedCode);
	};

	// A lost connection tells of itself in several ways: only who is there can be in a hurry.
	const ignore = () => undefined;
	signals.on('SIGHUP', ignore);
	for (const name of hurries) {
		signals.on(name, end);
	}

	const stopWaiting = dashboard.clock.after(closingMs, end);
	if (dashboard.hasActiveJobs) {
		onStopping?.();
	}

	await dashboard.close();
	stopWaiting();
	signals.off('SIGHUP', ignore);
	for (const name of hurries) {
		signals.off(name, end);
	}
}

/**
Show the dashboard until somebody leaves it. The terminal is given back as it was, whatever happens; jobs are stopped safely first.
@returns The exit code.
*/
export async function openDashboard(options: DashboardOptions): Promise<number> {
	const {stdin, stdout, environment, signals, hasColor} = options;
	// Widths of texts beyond ASCII are needed from the first frame on.
	await prepareWidths(['…']);
	const dashboard = new Dashboard(options, {columns: stdout.columns, rows: stdout.rows});
	const theme = createTheme({hasColor, hasUnicode: hasUnicodeLocale(environment)});
	const {isRead} = dashboard;
	// What was typed ahead would be echoed into the first frame.
	stdin.setRawMode(true);
	stdout.write('\r\u001B[K');
	let code = 0;
	const app = render(<App dashboard={dashboard} theme={theme}/>, {
		stdin, stdout, alternateScreen: !isRead, incrementalRendering: !isRead, maxFps: 10, interactive: true, exitOnCtrlC: false, patchConsole: true, isScreenReaderEnabled: isRead,
	});
	const end = () => {
		code = interruptedCode;
		app.unmount();
	};

	for (const name of endings) {
		signals.on(name, end);
	}

	// What is left of a frame when the size changes is up to the terminal, and of two changes at once nobody tells: a difference to the frame before would be drawn over anything.
	let stopRedraw: (() => void) | undefined;
	const onResize = () => {
		stopRedraw?.();
		stopRedraw = dashboard.clock.after(redrawDelayMs, () => {
			dashboard.terminal?.redraw();
		});
	};

	if (!isRead) {
		signals.on('SIGWINCH', onResize);
	}

	// A lost connection: the terminal takes nothing any more.
	stdout.on('error', end);
	stdin.on('error', end);
	stdin.on('end', end);
	try {
		await app.waitUntilExit();
	} finally {
		stopRedraw?.();
		signals.off('SIGWINCH', onResize);
		options.onLeaving?.();
		for (const name of endings) {
			signals.off(name, end);
		}

		await closeOrEnd(dashboard, options);
	}

	return code;
}

