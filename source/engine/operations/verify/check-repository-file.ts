import {errorText, isCofferError} from '../../errors.ts';
import {decodeRepositoryFile, repositoryFileName, type RepositorySession} from '../../repository/repository.ts';
import type {Findings} from './problem.ts';

/** repository.json: there, intact, and of this repository. @throws What the storage throws */
export async function checkRepositoryFile({storage, keyring}: RepositorySession, findings: Findings): Promise<void> {
	try {
		const {id, created} = decodeRepositoryFile(await storage.read(repositoryFileName));
		if (id !== keyring.repository.id || created !== keyring.repository.created) {
			findings.add('repository-file', repositoryFileName, `${repositoryFileName} describes another repository than the key slots do: it was exchanged.`);
		}
	} catch (error) {
		if (isCofferError(error, 'object-missing')) {
			findings.add('repository-file', repositoryFileName, `${repositoryFileName} is missing.`);
		} else if (isCofferError(error, 'damaged', 'format-unsupported')) {
			findings.add('repository-file', repositoryFileName, errorText(error));
		} else {
			throw error;
		}
	}
}
