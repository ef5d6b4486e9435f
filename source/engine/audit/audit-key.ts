import {Buffer} from 'node:buffer';
import {deriveKey} from '../crypto/key-derivation.ts';
import type {RepositorySession} from '../repository/repository.ts';

/**
Do something with the key of a repository's audit logs, and wipe it. It comes from what every slot holds, whatever its role, and no rotation changes: HKDF-SHA-256 of the authority's Ed25519 public key, which lies in the repository only encrypted;
the salt is the repository's id, 16 bytes. One-way: who has it learns nothing of other keys.
*/
export function withAuditKey<Result>({slot: {keys, keyring}}: RepositorySession, action: (key: Buffer) => Result): Result {
	const key = deriveKey(keys.authorityPublicKey, Buffer.from(keyring.repository.id, 'hex'), 'coffer audit log', 32);
	try {
		return action(key);
	} finally {
		key.fill(0);
	}
}
