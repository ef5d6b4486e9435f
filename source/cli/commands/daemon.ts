import {CofferError} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';

const defaultGraceSeconds = 90;
const maximumGraceSeconds = 86_400;

/** @throws `usage` */
function graceMs({arguments: flags}: CommandContext): number {
	const text = flags.text('grace') ?? String(defaultGraceSeconds);
	if (!/^\d{1,5}$/.test(text) || Number(text) > maximumGraceSeconds) {
		throw new CofferError('usage', `--grace takes a whole number of seconds from 0 to ${maximumGraceSeconds}, not "${text}".`);
	}

	return Number(text) * 1000;
}

/** `coffer daemon`: run the jobs as they become due, in the foreground, until a signal ends it. */
export async function daemon(context: CommandContext): Promise<number> {
	const grace = graceMs(context);
	const [{Daemon}, {loadSchedule}] = await Promise.all([import('../daemon/daemon.ts'), import('../daemon/load-schedule.ts')]);
	const schedule = loadSchedule(context, await context.config(), message => {
		context.output.warn(message);
	});
	return new Daemon(context, schedule).run(grace);
}
