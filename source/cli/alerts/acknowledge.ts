import {CofferError, type Alert} from '../../engine/index.ts';
import {formatAmount} from '../../text/format.ts';
import type {CommandContext} from '../command-line.ts';
import {noted} from '../host-trail.ts';
import {alertToJson} from './alert-json.ts';
import {openDesk} from './open-desk.ts';

const quote = (keys: readonly string[]): string => new Intl.ListFormat('en-GB').format(keys.map(key => `"${key}"`));

/** @throws `usage` where the text is a part of no key, or of several */
function chooseByKey(open: readonly Alert[], text: string): Alert[] {
	const exact = open.filter(({key}) => key === text);
	const found = exact.length > 0 ? exact : open.filter(({key}) => key.includes(text));
	if (found.length === 0) {
		throw new CofferError('usage', `No alert is open whose key has "${text}" in it. ${open.length === 0 ? 'None is open at all.' : `There are ${quote(open.map(({key}) => key))}.`}`);
	}

	if (found.length > 1) {
		throw new CofferError('usage', `"${text}" is a part of several keys: ${quote(found.map(({key}) => key))}. Name one of them, or all with --all.`);
	}

	return found;
}

/** @throws `usage` */
function choose({arguments: flags}: CommandContext, open: readonly Alert[]): Alert[] {
	const [, text, extra] = flags.input;
	const isAll = flags.isSet('all');
	if ((text === undefined) !== isAll || extra !== undefined) {
		throw new CofferError('usage', 'Which alert is meant? Name one by its key, or a part of it, or all with --all. "coffer alerts --json" shows their keys.');
	}

	if (text !== undefined) {
		return chooseByKey(open, text);
	}

	return open.filter(({acknowledged}) => (acknowledged !== undefined) === flags.isSet('undo'));
}

function describeEnd(count: number, isUndone: boolean): string {
	if (count === 0) {
		return isUndone ? 'Nobody has taken note of an alert that is open.' : 'No alert is open that nobody has taken note of.';
	}

	return isUndone ? `Of ${formatAmount(count, 'alert')} it is told again.` : `Of ${formatAmount(count, 'alert')} nobody is told again, unless it becomes worse.`;
}

/** `coffer alerts ack`: note that somebody has seen alerts, so that nobody is told again until they are worse. Opens no repository. */
export async function acknowledgeAlerts(context: CommandContext): Promise<number> {
	const {arguments: flags, output, log} = context;
	const note = flags.text('note');
	const isUndone = flags.isSet('undo');
	if (isUndone && note !== undefined) {
		throw new CofferError('usage', '--undo takes a note back, and does not write one: leave out --note.');
	}

	const desk = await openDesk(context);
	try {
		const chosen = choose(context, desk?.open() ?? []);
		for (const {key, object, message} of chosen) {
			await noted(context, {operation: isUndone ? 'alert-unacknowledge' : 'alert-acknowledge', objects: [key], detail: note}, async () => {
				desk!.acknowledge(key, {isUndone, ...(note !== undefined && {note})});
			});
			log.in('monitor').write('info', isUndone ? 'an alert is no longer acknowledged' : 'an alert was acknowledged', {key, note});
			output.note(`${isUndone ? 'taken back' : 'noted'}: ${object}: ${message}`);
		}

		const keys = new Set(chosen.map(({key}) => key));
		output.value(desk?.open().filter(({key}) => keys.has(key)).map(alert => alertToJson(alert)) ?? []);
		output.note(describeEnd(chosen.length, isUndone));
		return 0;
	} finally {
		desk?.close();
	}
}
