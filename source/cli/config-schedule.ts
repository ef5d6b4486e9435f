import {realpath} from 'node:fs/promises';
import {CofferError, errorText, type Job} from '../engine/index.ts';
import type {JobChange} from '../ui/index.tsx';
import type {CommandContext} from './command-line.ts';
import {checkConfig, describeProblems, readConfigText} from './config.ts';
import {copyBeside, replaceConfig} from './config-replacement.ts';
import {jobsOf} from './configured-jobs.ts';
import {setJsonMember} from './json-edit.ts';

const failed = (message: string, cause?: unknown): CofferError => new CofferError('state-failed', message, {cause});

/** @throws `configuration-invalid` */
async function jobsIn(text: string, file: string): Promise<Job[]> {
	const {config, problems} = await checkConfig(text);
	if (config === undefined) {
		throw new CofferError('configuration-invalid', `The configuration ${file} cannot be used: ${describeProblems(problems)} "coffer config edit" mends it.`, {context: {file}});
	}

	return jobsOf(config);
}

function withChange(text: string, name: string, {expression, isEnabled}: JobChange): string {
	const job = ['schedule', 'jobs', name];
	const changed = expression === undefined ? text : setJsonMember(text, [...job, 'cron'], expression);
	return isEnabled === undefined ? changed : setJsonMember(changed, [...job, 'enabled'], isEnabled);
}

/**
Put a change of one job into the configuration; of its text nothing else is another one afterwards.
@param shown - The job as the person has seen it: where it is another one now, somebody else was quicker, and nothing is changed.
@throws `configuration-invalid` where the configuration cannot be used, before or afterwards; `state-failed`
*/
export async function changeJob({paths, runtime}: Pick<CommandContext, 'paths' | 'runtime'>, shown: Job, change: JobChange): Promise<void> {
	const {configFile} = paths;
	const before = await readConfigText(configFile);
	if (before === undefined) {
		throw failed(`There is no configuration ${configFile} any more. "coffer init" makes one.`);
	}

	const {name} = shown;
	const there = (await jobsIn(before, configFile)).find(job => job.name === name);
	if (there?.expression !== shown.expression || there.isEnabled !== shown.isEnabled) {
		throw failed(`The job "${name}" was changed in ${configFile} by somebody else meanwhile: look at it again first.`);
	}

	const after = withChange(before, name, change);
	await jobsIn(after, configFile);
	try {
		// A link to the configuration stays one.
		const file = await realpath(configFile);
		if (await readConfigText(file) !== before) {
			throw failed(`The configuration ${file} was changed by somebody else meanwhile and is left as it is. Try again.`);
		}

		await replaceConfig(file, after, copyBeside(file, runtime.randomBytes(4).toString('hex')));
	} catch (error) {
		throw error instanceof CofferError ? error : failed(`The configuration ${configFile} could not be written: ${errorText(error)}`, error);
	}
}
