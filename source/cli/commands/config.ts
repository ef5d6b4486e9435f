import {access} from 'node:fs/promises';
import {CofferError} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {checkConfig, readConfigText} from '../config.ts';
import {effectiveSettings} from '../effective-settings.ts';
import {formatAmount} from '../../text/format.ts';
import {noted} from '../host-trail.ts';
import {findNearest} from '../nearest.ts';
import {styled} from '../output.ts';

async function show(context: CommandContext): Promise<number> {
	const {output} = context;
	const settings = await effectiveSettings(context, await context.config());
	output.value({settings});
	await output.table(['SETTING', 'VALUE', 'FROM'], settings.map(({name, value, from}) => [name, value === null ? '-' : (typeof value === 'string' ? value : JSON.stringify(value)), from]));
	return 0;
}

/** Every problem on a line of its own, with its place. */
async function validate({output, paths}: CommandContext): Promise<number> {
	const file = paths.configFile;
	const text = await readConfigText(file);
	if (text === undefined) {
		throw new CofferError('configuration-invalid', `There is no configuration ${file}. Run "coffer init", which makes one, or name another with --config.`);
	}

	const {config: checked, problems} = await checkConfig(text);
	output.value({file, isValid: checked !== undefined, problems});
	for (const {message, position} of problems) {
		output.print(styled('wrong', 'red'), ` ${position === undefined ? '' : `${position}: `}${message}`);
	}

	if (checked === undefined) {
		output.warn(`the configuration ${file} cannot be used: ${formatAmount(problems.length, 'problem')}. Nothing will be started before ${problems.length === 1 ? 'it is' : 'they are'} mended.`);
		return 2;
	}

	output.note(styled('ok', 'green'), ` ${file}: ${formatAmount(checked.sources.length, 'source')}.`);
	return 0;
}

async function printPath({output, paths}: CommandContext): Promise<number> {
	const file = paths.configFile;
	let isThere = true;
	try {
		await access(file);
	} catch {
		isThere = false;
	}

	output.value({file, isThere});
	output.print(file);
	return 0;
}

async function edit(context: CommandContext): Promise<number> {
	const {output, paths} = context;
	const {editConfig} = await import('../config-editing.ts');
	const isChanged = await editConfig(context, async replace => noted(context, {operation: 'config-edit', objects: [paths.configFile]}, replace)) === 'changed';
	output.value({file: paths.configFile, isChanged});
	output.note(isChanged ? `${paths.configFile} was changed; it is valid.` : 'Nothing was changed.');
	return 0;
}

const actions: Readonly<Record<string, (context: CommandContext) => Promise<number>>> = {show, validate, path: printPath, edit};

/** `coffer config`. */
export async function config(context: CommandContext): Promise<number> {
	const [what] = context.arguments.input;
	const names = Object.keys(actions).map(name => `"${name}"`).join(', ');
	if (what === undefined || !Object.hasOwn(actions, what)) {
		const nearest = what === undefined ? undefined : findNearest(what, Object.keys(actions));
		throw new CofferError('usage', what === undefined
			? `Say what to do with the configuration: ${names}.`
			: `"coffer config" knows ${names}; not "${what}".${nearest === undefined ? '' : ` Did you mean "${nearest}"?`}`);
	}

	return actions[what]!(context);
}
