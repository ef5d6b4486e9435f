import {rotateByPolicy} from '../automatic-rotation.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import type {RunJob} from './run-job.ts';

/** Rotate the key, where the configuration says that it is done by itself and the key is old enough. */
export const runRotateJob: RunJob = async context => {
	const printer = createEventPrinter(context);
	const engine = await openEngine(context, printer.listener);
	try {
		const rotation = await rotateByPolicy(context, engine, printer);
		if (rotation === undefined) {
			const isManual = (await context.config())?.keys?.rotate !== 'automatic';
			return {code: 0, summary: isManual ? 'nothing to do: "keys.rotate" of the configuration is not "automatic"' : 'nothing to do: the key is not old enough', isIdle: true};
		}

		const {code, epoch} = rotation;
		return {code, summary: `the key was rotated, epoch ${epoch}${code === 13 ? '; some packs are damaged' : ''}`, facts: {epoch}};
	} finally {
		printer.clear();
		await engine.close();
	}
};
