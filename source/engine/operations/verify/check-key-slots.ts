import {errorText, isCofferError} from '../../errors.ts';
import {readKeySlots, reopenKeyring, type KeySlotFile, type RepositorySession} from '../../repository/repository.ts';
import type {Findings} from './problem.ts';

const lostAdvice = 'Put it back from a copy of the repository, or make this key anew with "coffer key add".';
const foreignAdvice = 'Find out who put it there before you trust this repository; without need, delete it.';

/** The slot file against what the session's keyring knows. */
function checkFile({fileName, slot}: KeySlotFile, {slot: own, keyring, runtime}: RepositorySession, findings: Findings): void {
	const name = `keys/${fileName}`;
	const entry = keyring.slots.find(candidate => candidate.id === slot.slotId);
	if (slot.repositoryId !== keyring.repository.id) {
		findings.add('key-slot', name, `${name} belongs to another repository.`, foreignAdvice);
	} else if (entry === undefined) {
		findings.add('key-slot', name, `${name} is a key slot that no owner has made.`, foreignAdvice);
	} else if (entry.removed !== undefined) {
		findings.note(`${name} is the slot of a key that was removed on ${entry.removed.slice(0, 10)}: it came back from an older copy, or its removal was interrupted. Delete it in keys/ and keys-copy/.`);
	} else if (slot.slotId === own.slotId) {
		try {
			reopenKeyring(slot, own, name, runtime);
		} catch (error) {
			if (!isCofferError(error, 'damaged', 'format-unsupported')) {
				throw error;
			}

			findings.add('key-slot', name, errorText(error), lostAdvice);
		}
	}
}

/** Every key slot: both files there and intact, none missing, none too many. @throws What the storage throws */
export async function checkKeySlots(session: RepositorySession, findings: Findings): Promise<void> {
	let found: Awaited<ReturnType<typeof readKeySlots>>;
	try {
		found = await readKeySlots(session.storage);
	} catch (error) {
		if (!isCofferError(error, 'damaged')) {
			throw error;
		}

		findings.add('key-slot', 'keys', errorText(error));
		return;
	}

	const {slots, problems} = found;
	for (const {object, message} of problems) {
		findings.add('key-slot', object, message);
	}

	for (const file of slots) {
		checkFile(file, session, findings);
	}

	for (const {id, label, removed} of session.keyring.slots) {
		if (removed !== undefined || slots.some(({slot}) => slot.slotId === id)) {
			continue;
		}

		// What is left of it has been named already, or there is nothing.
		const object = problems.find(problem => problem.object.includes(`/${id}-`))?.object ?? `keys/${id}`;
		findings.add('key-slot', object, `The key "${label}" has no intact slot left and no longer opens the repository.`, lostAdvice);
	}
}
