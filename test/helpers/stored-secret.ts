import {Buffer} from 'node:buffer';
import type {SecretChange} from '../../source/engine/operations/rotate/secret-change.ts';
import type {Secret} from '../../source/engine/repository/repository.ts';
import {isCofferError} from '../../source/engine/errors.ts';
import type {SlotId} from '../../source/engine/ids.ts';
import type {Runtime} from '../../source/engine/runtime.ts';
import type {Storage} from '../../source/engine/storage/storage.ts';

/** Where a host keeps its key, as far as a rotation is concerned: each step is one call of a storage, which may fail. */
const names = {current: 'hostkey/current', next: 'hostkey/next', retired: 'hostkey/retired'} as const;

type Place = keyof typeof names;

async function readText(storage: Storage, place: Place): Promise<string | undefined> {
	try {
		return String(await storage.read(names[place]));
	} catch (error) {
		if (isCofferError(error, 'object-missing')) {
			return undefined;
		}

		throw error;
	}
}

const encode = ({keyFile}: Secret): Buffer => Buffer.from(`${keyFile!.slotId} ${Buffer.from(keyFile!.key).toString('hex')}`);

function decode(text: string): Secret {
	const [slotId, key] = text.split(' ');
	return {keyFile: {slotId: slotId as SlotId, key: Buffer.from(key!, 'hex')}};
}

export async function putSecret(storage: Storage, secret: Secret): Promise<void> {
	await storage.write(names.current, encode(secret));
}

/** The secret in a place; `undefined` where none is. */
export async function takeSecret(storage: Storage, place: Place = 'current'): Promise<Secret | undefined> {
	const text = await readText(storage, place);
	return text === undefined ? undefined : decode(text);
}

/** Leads the key in `storage` through a rotation, in steps of single calls. */
export function createStoredSecretChange(storage: Storage, runtime: Runtime): SecretChange {
	return {
		async prepared(slotId) {
			const secret = await takeSecret(storage, 'next');
			return secret?.keyFile?.slotId === slotId ? secret : undefined;
		},
		async prepare(slotId) {
			const secret = {keyFile: {slotId, key: runtime.randomBytes(32)}};
			await storage.write(names.next, encode(secret));
			return secret;
		},
		async replace() {
			const [current, next] = await Promise.all([readText(storage, 'current'), readText(storage, 'next')]);
			if (next !== undefined && next !== current) {
				await storage.write(names.retired, Buffer.from(current!));
				await storage.write(names.current, Buffer.from(next));
			}

			if (next !== undefined) {
				await storage.remove(names.next);
			}
		},
		async retire() {
			if (await readText(storage, 'retired') !== undefined) {
				await storage.remove(names.retired);
			}
		},
	};
}
