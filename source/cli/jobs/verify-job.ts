import {remembering} from '../../engine/index.ts';
import {formatAmount, formatBytes, formatDuration} from '../../text/format.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {openSchedule} from './open-schedule.ts';
import type {RunJob} from './run-job.ts';

const defaultParts = 30;
const maximumPrinted = 20;

/**
Verify the structure, and one part of the data: the next one, once this one was read, so that all of it is read in so many runs. Damage does not keep the other parts from having their turn.
*/
export const runVerifyJob: RunJob = async (context, {name, parts = defaultParts}, signal) => {
	const {output, log} = context;
	const schedule = await openSchedule(context);
	const remember = <Value>(action: () => Value, fallback: Value) => remembering(message => {
		output.warn(message);
	}, action, fallback);
	const printer = createEventPrinter(context);
	const engine = await openEngine(context, printer.listener);
	try {
		const part = remember(() => schedule.nextPart(name, parts), 0);
		const {problems, checkedObjects, checkedBytes, durationMs} = await engine.verify({readData: {part: part + 1, parts}}, {signal, onEvent: printer.listener});
		printer.clear();
		remember(() => {
			schedule.rememberNextPart(name, parts, (part + 1) % parts);
		}, undefined);
		for (const {object, message} of problems) {
			log.write('error', message, {object});
		}

		for (const {object, message} of problems.slice(0, maximumPrinted)) {
			output.warn(`damaged ${object}: ${message}`);
		}

		const what = `part ${part + 1} of ${parts}, ${formatAmount(checkedObjects, 'object')}, ${formatBytes(checkedBytes)} read, ${formatDuration(durationMs)}`;
		return {
			code: problems.length > 0 ? 13 : 0,
			summary: problems.length > 0 ? `damage was found in ${formatAmount(problems.length, 'object')}; ${what}. "coffer verify" says which files it hits` : `intact; ${what}`,
			facts: {part: part + 1, parts, checkedObjects, checkedBytes, problems: problems.length},
		};
	} finally {
		printer.clear();
		schedule.close();
		await engine.close();
	}
};
