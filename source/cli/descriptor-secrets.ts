import {close, fstat, read} from 'node:fs';
import {promisify} from 'node:util';
import {CofferError, errorText, readSecretBytes, systemErrorCode, takeFirstLine, type Runtime} from '../engine/index.ts';

const [closeDescriptor, statDescriptor, readDescriptor] = [promisify(close), promisify(fstat), promisify(read)];
const waitMs = 20;

/**
Passphrases from open descriptors, which can be read only once: kept until the command line ends, as one of them may open the repository more than once.
*/
export class DescriptorSecrets {
	readonly #lines = new Map<string, Promise<Buffer>>();

	/**
	The first line that a descriptor gives. It is closed then.
	@param number - As the variable has it.
	@param what - Names the variable in errors.
	@returns A copy, which the caller wipes.
	@throws `configuration-invalid`
	*/
	async read(number: string, what: string, runtime: Runtime): Promise<Buffer> {
		let line = this.#lines.get(number);
		if (line === undefined) {
			line = readLine(number, what, runtime);
			this.#lines.set(number, line);
		}

		return Buffer.from(await line);
	}

	/** Nobody needs them any more. */
	async wipe(): Promise<void> {
		for (const line of this.#lines.values()) {
			(await line.catch(() => undefined))?.fill(0);
		}

		this.#lines.clear();
	}
}

async function readLine(number: string, what: string, runtime: Runtime): Promise<Buffer> {
	const descriptor = /^\d{1,9}$/.test(number) ? Number(number) : -1;
	// 1 and 2 are for what the program says.
	if (descriptor !== 0 && descriptor < 3) {
		throw new CofferError('configuration-invalid', `${what} must be the number of an open descriptor, 0 or above 2, as in: ${what}=3 coffer status 3<FILE`);
	}

	try {
		const status = await statDescriptor(descriptor);
		if (!status.isFIFO() && !status.isFile() && !status.isSocket() && !status.isCharacterDevice()) {
			throw new CofferError('configuration-invalid', `The descriptor ${number} that ${what} names is nothing that a passphrase can be read from.`);
		}

		return takeFirstLine(await readSecretBytes(async (buffer, offset) => readSome(descriptor, buffer, offset, runtime), true), what);
	} catch (error) {
		throw error instanceof CofferError
			? error
			: new CofferError('configuration-invalid', `The descriptor ${number} that ${what} names cannot be read: ${errorText(error)}. Open it for coffer, as in: ${what}=${number} coffer status ${number}<FILE`, {cause: error});
	} finally {
		if (descriptor !== 0) {
			await closeDescriptor(descriptor).catch(() => undefined);
		}
	}
}

async function readSome(descriptor: number, buffer: Buffer, offset: number, runtime: Runtime): Promise<number> {
	for (;;) {
		try {
			const {bytesRead} = await readDescriptor(descriptor, buffer, offset, buffer.byteLength - offset, null);
			return bytesRead;
		} catch (error) {
			// Whoever made the pipe may have told it not to wait.
			if (systemErrorCode(error) !== 'EAGAIN') {
				throw error;
			}

			await runtime.sleep(waitMs);
		}
	}
}
