import {stat} from 'node:fs/promises';
import {CofferError, examineRepository, examineStorage, isCofferError, wipeSecret, type RepositoryExamination, type Secret, type StorageExamination} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import type {LoadedConfig} from '../config.ts';
import {explainMissing, repositoryUrl} from '../connection.ts';
import {effectiveSettings} from '../effective-settings.ts';
import {formatAmount, formatBytes} from '../../text/format.ts';
import {howToGoOn} from '../rotation-state.ts';
import {findSecret} from '../secrets.ts';
import {fail, failWith, ok, warn, type Check} from './check.ts';
import {checkRepositoryFolder, checkSpace} from './folders.ts';

/** What the checks of the repository found out, for those that come after. */
export type RepositoryChecks = {
	readonly checks: readonly Check[];
	readonly storage?: StorageExamination;
	readonly repository?: RepositoryExamination;
};

function checkLeftovers({abandoned = 0}: StorageExamination, {writers, staleWriters}: RepositoryExamination): Check {
	const evidence = [
		formatAmount(staleWriters, 'record of a run that died', 'records of runs that died'),
		`${formatAmount(abandoned, 'unfinished object')} older than a day`,
		...(writers > 0 ? [`${formatAmount(writers, 'run')} writing now`] : []),
	].join(', ');
	return staleWriters + abandoned > 0 ? warn('leftovers', evidence, 'A run was killed or the machine went down. Nothing is lost; the next backup clears it away.') : ok('leftovers', evidence);
}

function checkRotation({rotation}: RepositoryExamination): Check {
	return rotation === undefined ? ok('rotation', 'none is under way') : warn('rotation', 'one is under way', howToGoOn(rotation));
}

async function keyEvidence(context: CommandContext, config: LoadedConfig | undefined): Promise<string> {
	const settings = await effectiveSettings(context, config);
	const file = (settings.find(({name}) => name === 'key')?.value as {file?: string} | null)?.file;
	if (file === undefined) {
		return 'the passphrase';
	}

	const {mode} = await stat(file);
	return `${file}, mode ${(mode & 0o777).toString(8)},`;
}

async function checkKey(context: CommandContext, config: LoadedConfig | undefined, url: string): Promise<{readonly check: Check; readonly repository?: RepositoryExamination}> {
	let secret: Secret | undefined;
	try {
		const repository = await examineRepository(url, async slots => {
			secret = await findSecret(context, config, slots);
			return secret;
		}, context.runtime);
		return {check: ok('key', `${await keyEvidence(context, config)} opens the repository`), repository};
	} catch (error) {
		// A Ctrl-C at the prompt is meant for the program.
		if (isCofferError(error, 'aborted')) {
			throw error;
		}

		return {check: failWith('key', error)};
	} finally {
		wipeSecret(secret);
	}
}

/** Where the repository is, whether it can be read, and whether the key opens it. */
export async function checkRepository(context: CommandContext, config: LoadedConfig | undefined): Promise<RepositoryChecks> {
	const url = repositoryUrl(context, config);
	if (url === undefined) {
		return {checks: [fail('repository', 'none is named', 'Run "coffer init", or name one with --repository.')]};
	}

	let storage: StorageExamination;
	try {
		storage = await examineStorage(url, context.runtime);
	} catch (error) {
		if (!(error instanceof CofferError)) {
			throw error;
		}

		return {checks: [failWith('repository', await explainMissing(error, url))]};
	}

	const {check, repository} = await checkKey(context, config, url);
	const size = storage.usedBytes === undefined ? '' : `, ${formatBytes(storage.usedBytes)}`;
	const found = repository === undefined ? '' : `, ${formatAmount(repository.snapshots, 'snapshot')}`;
	const damaged = repository?.problems ?? [];
	return {
		checks: [
			damaged.length === 0
				? ok('repository', `${storage.url}${size}${found}`)
				: fail('repository', `${storage.url}${size}${found}; damaged: ${damaged.map(({object}) => object).join(', ')}`, 'Run "coffer verify --read-data", which says what is hit, and bring the objects back from a copy.'),
			...(storage.folder === undefined ? [] : [await checkRepositoryFolder(storage.folder)]),
			checkSpace('space', storage.url, storage),
			check,
			...(repository === undefined ? [] : [checkRotation(repository), checkLeftovers(storage, repository)]),
		],
		storage,
		...(repository && {repository}),
	};
}
