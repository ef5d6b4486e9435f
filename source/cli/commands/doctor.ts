import {checkConfiguration, checkPrograms, checkSources} from '../checks/configuration.ts';
import type {Check, CheckState} from '../checks/check.ts';
import {checkStateFolder, checkStateSpace} from '../checks/folders.ts';
import {checkClock, checkExtendedAttributes, checkNode} from '../checks/host.ts';
import {checkRepository} from '../checks/repository.ts';
import type {CommandContext} from '../command-line.ts';
import {formatAmount} from '../../text/format.ts';
import {styled, type Style} from '../output.ts';

const styles: Readonly<Record<CheckState, Style>> = {ok: 'green', warn: 'yellow', fail: 'red'};

async function examine(context: CommandContext): Promise<Check[]> {
	const {check, config} = await checkConfiguration(context);
	const {checks, storage, repository} = await checkRepository(context, config);
	return [
		checkNode(),
		checkExtendedAttributes(),
		check,
		await checkStateFolder(context.paths.stateFolder),
		await checkStateSpace(context.paths.stateFolder),
		...checks,
		await checkClock(context, {newestSnapshot: repository?.newestSnapshot, folder: storage?.folder}),
		...await checkPrograms(context, config),
		...(config === undefined ? [] : await checkSources(config, context.runtime)),
	];
}

/** `coffer doctor`: looks, and changes nothing. */
export async function doctor(context: CommandContext): Promise<number> {
	const {output} = context;
	const checks = await context.interruptible(async () => examine(context));
	const count = (state: CheckState) => checks.filter(check => check.state === state).length;
	const [failures, warnings] = [count('fail'), count('warn')];
	output.value({checks, failures, warnings});
	const shown = checks.filter(({state}) => state !== 'ok' || !output.isQuiet);
	if (shown.length > 0) {
		await output.table(['STATE', 'CHECK', 'EVIDENCE'], shown.map(({state, name, evidence}) => [styled(state, styles[state]), name, evidence]));
	}

	for (const {name, advice, state} of checks) {
		if (advice !== undefined) {
			output.print(styled(state, styles[state]), ` ${name}: ${advice}`);
		}
	}

	output.note(failures + warnings === 0 ? `${formatAmount(checks.length, 'check')}, all well.` : `${formatAmount(checks.length, 'check')}: ${formatAmount(failures, 'failure')}, ${formatAmount(warnings, 'warning')}.`);
	return failures > 0 ? 1 : 0;
}
