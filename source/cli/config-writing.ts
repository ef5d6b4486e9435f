import {chmod} from 'node:fs/promises';
import path from 'node:path';
import Conf from 'conf';
import {CofferError, errorText, makeFolders} from '../engine/index.ts';
import {configSchema, type ConfigFile} from './config-schema.ts';

/**
Write a new configuration file, atomically, with mode 0600 whatever the umask; its folder, when it is made, gets 0700. Only `init` calls this, and only where there is none.
@throws `state-failed`
*/
export async function writeNewConfig(file: string, config: ConfigFile): Promise<void> {
	configSchema.parse(config);
	try {
		const folder = path.dirname(file);
		makeFolders(folder);
		const {name, ext} = path.parse(file);
		const store = new Conf<Record<string, unknown>>({cwd: folder, configName: name, fileExtension: ext.slice(1), projectName: 'coffer', projectSuffix: '', configFileMode: 0o600, accessPropertiesByDotNotation: false});
		store.store = config;
		await chmod(file, 0o600);
	} catch (error) {
		throw new CofferError('state-failed', `The configuration ${file} could not be written: ${errorText(error)}`, {context: {file}, cause: error});
	}
}
