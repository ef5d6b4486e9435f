import {errorText} from '../../errors.ts';
import {findProgram} from '../../programs/find-program.ts';
import {runProgram} from '../../programs/run-program.ts';
import {logLines} from '../texts/log-lines.ts';
import {channelFailure, type Send} from './sending.ts';

/** The log of this system. */
export type SyslogTarget = {readonly kind: 'syslog'};

const priorities = {critical: 'daemon.crit', warning: 'daemon.warning', good: 'daemon.notice'} as const;

/** By way of `logger` (util-linux), which is there wherever there is a log: one call for each severity, one line for each alert. */
export const sendSyslog: Send<SyslogTarget> = async (_target, notice, {runtime, signal}) => {
	const program = findProgram(['logger'], runtime);
	if (program === undefined) {
		throw channelFailure('there is no program "logger" on this machine: install the package bsdutils or util-linux', {isRetryable: false});
	}

	const lines = logLines(notice);
	for (const grade of ['critical', 'warning', 'good'] as const) {
		const texts = lines.filter(line => line.grade === grade).map(({text}) => `${text}\n`);
		if (texts.length === 0) {
			continue;
		}

		const input = (async function * () {
			yield Buffer.from(texts.join(''));
		})();
		try {
			// Without the last of them it would say nothing where there is no log, and succeed.
			await runProgram({program, arguments: ['--tag', 'coffer', '--priority', priorities[grade], '--socket-errors=on'], what: 'logger'}, {runtime, signal, log: () => undefined}, {input});
		} catch (error) {
			throw channelFailure(errorText(error), {isRetryable: true});
		}
	}
};
