import {auditHeadText, CofferError, errorText, isCofferError, readAuditHead, remembering, sendTest, storageUrlOf, type Channel} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {requireRepositoryUrl} from '../connection.ts';
import {findNearest} from '../nearest.ts';
import {styled} from '../output.ts';
import {createChannels} from './create-channels.ts';
import {openDesk} from './open-desk.ts';

type Tried = {readonly channel: Channel; readonly error?: string};

/** @throws `usage` where there are none, and for a name that none has */
function choose(channels: readonly Channel[], names: readonly string[]): Channel[] {
	if (channels.length === 0) {
		throw new CofferError('usage', 'The configuration has no channels to tell alerts on. docs/alerts.md says how to set them up.');
	}

	const unknown = names.find(name => channels.every(channel => channel.name !== name));
	if (unknown !== undefined) {
		const known = channels.map(({name}) => name);
		const nearest = findNearest(unknown, known);
		throw new CofferError('usage', `There is no channel "${unknown}".${nearest === undefined ? '' : ` Did you mean "${nearest}"?`} There are ${new Intl.ListFormat('en-GB').format(known)}.`);
	}

	return channels.filter(({name}) => names.length === 0 || names.includes(name));
}

/** Remember how it went, so that what waits follows, and the monitor knows. Where that fails, the user is told. */
async function note(context: CommandContext, tried: readonly Tried[]): Promise<void> {
	try {
		const desk = await openDesk(context);
		try {
			for (const {channel: {name}, error} of tried) {
				desk?.note(name, error);
			}
		} finally {
			desk?.close();
		}
	} catch (error) {
		if (!isCofferError(error, 'state-failed')) {
			throw error;
		}

		context.output.warn(errorText(error));
	}
}

/** `coffer alerts test`: send a test notice now on each channel, or on those that are named, and say how that went. */
export async function tryChannels(context: CommandContext): Promise<number> {
	const {arguments: flags, output, runtime, log} = context;
	const config = await context.config();
	const chosen = choose(createChannels(context, config), flags.input.slice(1));
	const url = storageUrlOf(requireRepositoryUrl(context, config));
	const audit = remembering(message => {
		output.warn(message);
	}, () => readAuditHead(context.paths.stateFolder, url, {runtime, warn(message) {
		output.warn(message);
	}}), undefined);
	const tried = await context.interruptible(async signal => Promise.all(chosen.map(async (channel): Promise<Tried> => {
		try {
			await sendTest(channel, {runtime, url, signal, ...(audit && {auditHead: auditHeadText(audit)})});
			return {channel};
		} catch (error) {
			if (signal.aborted || !isCofferError(error)) {
				throw error;
			}

			return {channel, error: errorText(error)};
		}
	})));
	for (const {channel: {name}, error} of tried) {
		log.in('monitor').write(error === undefined ? 'info' : 'warn', error === undefined ? `a test was sent on the channel "${name}"` : `a test could not be sent on the channel "${name}"`, {channel: name, cause: error});
		output.print(error === undefined ? styled('sent', 'green') : styled('failed', 'red'), ` ${name}${error === undefined ? '' : `: ${error}`}`);
	}

	await note(context, tried);
	output.value(tried.map(({channel: {name, kind}, error}) => ({channel: name, kind, ok: error === undefined, error: error ?? null})));
	return tried.some(({error}) => error !== undefined) ? 1 : 0;
}
