import {CofferError, type KeyStatus} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {formatCount, formatTime} from '../../text/format.ts';
import {styled} from '../output.ts';

async function printKeys({output}: CommandContext, {keys}: KeyStatus): Promise<void> {
	await output.table(['KEY', 'LABEL', 'ROLE', 'MADE', ''], keys.map(({id, label, role, created, isOwn}) => [id.slice(0, 8), label, role, formatTime(created), isOwn ? 'in use here' : '']));
}

async function printEpochs({output}: CommandContext, {epochs, rotateAfterDays, warnAfterDays, age}: KeyStatus): Promise<void> {
	await output.table(['EPOCH', 'MADE', 'AGE', 'OBJECTS', ''], epochs.map(({id, created, ageDays, objects, isActive}) => [id.slice(0, 8), formatTime(created), `${ageDays} days`, formatCount(objects ?? 0), isActive ? 'active' : 'retired']), {right: [2, 3]});
	if (age === 'due') {
		output.print(styled('due', 'red'), ` The active epoch is ${rotateAfterDays} days old or older: the key is due to be rotated.`);
	} else if (age === 'warn') {
		output.print(styled('warning', 'yellow'), ` The active epoch is ${warnAfterDays} days old or older: a rotation is due at ${rotateAfterDays} days.`);
	}
}

/** `coffer key status` and `coffer key list`. */
export async function key(context: CommandContext): Promise<number> {
	const {arguments: flags, output} = context;
	const [what = 'status'] = flags.input;
	if (what !== 'status' && what !== 'list') {
		throw new CofferError('usage', `"coffer key" knows "status" and "list", not "${what}".`);
	}

	const engine = await openEngine(context, createEventPrinter(context).listener);
	try {
		const status = await context.interruptible(async signal => engine.keys.status({isCounting: true, signal}));
		const {keys, epochs, rotateAfterDays, age} = status;
		output.value(what === 'list' ? keys : {keys, epochs, rotateAfterDays, age});
		await printKeys(context, status);
		if (what === 'status') {
			output.print();
			await printEpochs(context, status);
		}

		return 0;
	} finally {
		await engine.close();
	}
}
