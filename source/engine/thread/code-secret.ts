import type {Secret} from '../repository/repository.ts';

/** Do something with the secret that a recovery key's code or passphrase (UTF-8) is, as it came from another thread; then the bytes are wiped. @throws What `action` throws */
export async function usingCode<Result>(code: Uint8Array, action: (secret: Secret) => Promise<Result>): Promise<Result> {
	try {
		return await action({passphrase: code});
	} finally {
		code.fill(0);
	}
}
