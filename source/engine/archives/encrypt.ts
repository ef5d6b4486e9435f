import {Buffer} from 'node:buffer';
import {createCipheriv} from 'node:crypto';
import {deriveArchiveKey, exportIterations, saltBytes} from './derivations.ts';
import {magic} from './encrypted-file.ts';

/**
What `openssl enc -d -aes-256-cbc -pbkdf2 -iter 600000` opens.
@param salt - 8 random bytes.
@yields The next piece of the file.
@throws What `content` throws
*/
export async function * encrypt(content: AsyncIterable<Uint8Array>, password: Uint8Array, salt: Uint8Array): AsyncGenerator<Buffer, void> {
	if (salt.byteLength !== saltBytes) {
		throw new RangeError(`A salt has ${saltBytes} bytes`);
	}

	const {key, iv} = await deriveArchiveKey({kind: 'pbkdf2', iterations: exportIterations}, password, salt);
	const cipher = createCipheriv('aes-256-cbc', key, iv);
	key.fill(0);
	yield Buffer.concat([Buffer.from(magic), salt]);
	for await (const piece of content) {
		yield cipher.update(piece);
	}

	yield cipher.final();
}
