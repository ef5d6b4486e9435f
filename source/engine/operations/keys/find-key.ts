import {CofferError} from '../../errors.ts';
import {shortId} from '../../ids.ts';
import {liveSlots, type Keyring, type SlotEntry} from '../../repository/repository.ts';

/**
The key slot that `reference` means: an id, the unambiguous beginning of one (4 digits or more), or a label that no other has.
@throws `usage`
*/
export function findKey(keyring: Keyring, reference: string): SlotEntry {
	const slots = liveSlots(keyring);
	const byId = /^[\da-f]{4,32}$/.test(reference) ? slots.filter(({id}) => id.startsWith(reference)) : [];
	const found = byId.length > 0 ? byId : slots.filter(({label}) => label === reference);
	if (found.length > 1) {
		throw new CofferError('usage', `${found.length} key slots are meant by "${reference}": ${found.map(({id, label}) => `${shortId(id)} (${label})`).join(', ')}. Give more digits of the id.`);
	}

	if (found[0] === undefined) {
		throw new CofferError('usage', `There is no key slot "${reference}". "coffer key list" shows them; name one by its label, or at least the first 4 digits of its id.`);
	}

	return found[0];
}
