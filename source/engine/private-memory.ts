import {writeFileSync} from 'node:fs';
import process from 'node:process';
import {setFlagsFromString} from 'node:v8';

/**
Keep what is in this process's memory out of files that it, or the kernel, would write when it fails: call it first of all.

- Core dumps hold no memory: Linux asks /proc/self/coredump_filter which parts to write, and children inherit it.
- Diagnostic reports, which `NODE_OPTIONS` may ask for, are not written, and would not hold the environment.
- An exception that nobody catches does not abort the process (`--abort-on-uncaught-exception`; a rejection that nobody catches still does), a signal makes no heap snapshot (`--heapsnapshot-signal=SIGUSR2`).

What Node does not let a program change, docs/security.md names. Never fails.
*/
export function keepMemoryPrivate(): void {
	try {
		writeFileSync('/proc/self/coredump_filter', '0');
	} catch {
		// Another system, or /proc is not there: what an administrator sets counts.
	}

	const {report} = process;
	report.excludeEnv = true;
	report.reportOnFatalError = false;
	report.reportOnSignal = false;
	report.reportOnUncaughtException = false;
	setFlagsFromString('--no-abort-on-uncaught-exception');
	process.removeAllListeners('SIGUSR2');
}
