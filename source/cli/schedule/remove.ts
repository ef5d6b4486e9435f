import {formatAmount} from '../../text/format.ts';
import type {CommandContext} from '../command-line.ts';
import {noted} from '../host-trail.ts';
import {findInstalled} from './find-installed.ts';
import {installationId} from './installation.ts';
import {programContext} from './programs.ts';
import {removeInstalled} from './remove-installed.ts';

/** `coffer schedule remove`: takes away what `install` has written for this configuration, which need not be there any more. */
export async function scheduleRemove(context: CommandContext): Promise<number> {
	const {arguments: flags, output, paths, log} = context;
	const id = installationId(paths.configFile);
	const isDryRun = flags.isSet('dryRun');
	const work = {operation: 'schedule-remove', objects: [paths.configFile]} as const;
	const act = async <Result>(action: () => Promise<Result>) => isDryRun ? action() : noted(context, work, action);
	const {removed, others} = await context.interruptible(async signal => {
		const programs = programContext(context, signal);
		const installed = await findInstalled(context, programs);
		const others = [...installed.blocks, ...installed.unitFolders.flatMap(({units}) => units)].filter(other => other.id !== id).map(({configFile}) => configFile);
		return {removed: await act(async () => removeInstalled(context, programs, installed, {id, isDryRun})), others: [...new Set(others)]};
	});
	const count = (removed.crontabLines ? 1 : 0) + removed.units.length;
	output.value({isDryRun, isChanged: count > 0 && !isDryRun, ...removed, others});
	for (const line of [...(removed.crontabLines ? ['the lines of the crontab'] : []), ...removed.units]) {
		output.note(`${isDryRun ? 'Would be removed' : 'Removed'}: ${line}`);
	}

	if (count > 0 && !isDryRun) {
		log.in('cron').write('info', 'schedule removed', {configuration: paths.configFile, crontab: removed.crontabLines, units: removed.units.length});
	}

	output.note(count === 0 ? `Nothing of ${paths.configFile} is installed, so nothing was removed.` : (isDryRun ? `${formatAmount(count, 'thing')} would be removed.` : 'Nothing starts the jobs by itself any more.'));
	if (others.length > 0) {
		output.note(`What was installed for other configurations stays: ${others.join(', ')}. To remove that, name it with --config.`);
	}

	return 0;
}
