import {CofferError} from '../errors.ts';
import type {Keyring} from '../repository/repository.ts';

/**
Call it before any work of an operation that only owners may do.
@param what - Completes "A key with the role "backup" cannot …".
@throws `key-role`
*/
export function requireOwner({role}: Keyring, what: string): void {
	if (role !== 'owner') {
		throw new CofferError('key-role', `A key with the role "${role}" cannot ${what}. Use an owner's key.`);
	}
}
