import {CofferError} from '../errors.ts';
import type {Keyring} from '../repository/repository.ts';

function refuse({role}: Keyring, what: string): never {
	throw new CofferError('key-role', `A key with the role "${role}" cannot ${what}. Use an owner's key.`);
}

/** Call it before any work of an operation that reads what is in backups. @throws `key-role` */
export function requireReader(keyring: Keyring): void {
	if (keyring.role !== 'owner') {
		refuse(keyring, 'read the contents of backups');
	}
}

/** Call it before any work of an operation that makes backups. @throws `key-role` */
export function requireWriter(keyring: Keyring): void {
	if (keyring.role === 'auditor') {
		refuse(keyring, 'make backups');
	}
}
