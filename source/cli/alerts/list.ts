import type {AlertChange, AlertDesk} from '../../engine/index.ts';
import {formatAmount, formatTime} from '../../text/format.ts';
import {printAlert} from '../alert-printing.ts';
import type {CommandContext} from '../command-line.ts';
import {parsePastTime} from '../past-time.ts';
import {alertToJson, changeToJson} from './alert-json.ts';
import {openDesk} from './open-desk.ts';

/** Who did it, and what was noted with that. */
function byWhom({user, note}: AlertChange): string {
	return user === undefined ? '' : ` (by ${user}${note === undefined ? '' : `: ${note}`})`;
}

function listOpen({output, runtime}: CommandContext, desk: AlertDesk | undefined): void {
	const open = desk?.open() ?? [];
	output.value(open.map(alert => alertToJson(alert)));
	for (const alert of open) {
		printAlert({output, runtime}, alert);
	}

	const taken = open.filter(({acknowledged}) => acknowledged !== undefined).length;
	output.note(open.length === 0 ? 'No alert is open.' : `${formatAmount(open.length, 'alert')} open${taken === 0 ? '' : `, somebody took note of ${taken}`}.`);
}

function listHistory({output}: CommandContext, desk: AlertDesk | undefined, sinceMs: number | undefined): void {
	const history = desk?.history(sinceMs) ?? [];
	output.value(history.map(change => changeToJson(change)));
	for (const change of history) {
		const {time, event, severity, object, message} = change;
		output.print(`${formatTime(time)}  ${event.padEnd(14)}  ${severity.padEnd(8)}  ${object}: ${message}${byWhom(change)}`);
	}

	output.note(history.length === 0 ? 'Nothing has happened to any alert in that time.' : `${formatAmount(history.length, 'entry', 'entries')}.`);
}

/** `coffer alerts list`: those that are open, or what happened to all. Opens no repository. */
export async function listAlerts(context: CommandContext): Promise<number> {
	const {arguments: flags, runtime} = context;
	const since = flags.text('since');
	const sinceMs = since === undefined ? undefined : parsePastTime(since, runtime.now(), '--since');
	const desk = await openDesk(context);
	try {
		if (flags.isSet('all') || sinceMs !== undefined) {
			listHistory(context, desk, sinceMs);
		} else {
			listOpen(context, desk);
		}

		return 0;
	} finally {
		desk?.close();
	}
}
