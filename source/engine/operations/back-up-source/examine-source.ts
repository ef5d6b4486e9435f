import {readSourceSecret} from '../../programs/read-secret.ts';
import type {SecretReference} from '../../programs/secret-reference.ts';
import type {Runtime} from '../../runtime.ts';
import {openStream} from '../../sources/open-stream.ts';
import type {StreamSource} from '../../sources/source.ts';
import {readSecretOf} from './source-secret.ts';

/**
See whether a source that is read as a stream could be read now: its programs are there, its server answers. Nothing of it is read.
@param options.hidden - Names of variables that a program which prints the secret does not get, besides our own.
@returns What would be read, for people.
@throws `source-missing`, `source-failed`; `aborted`
*/
export async function examineSource(source: StreamSource, runtime: Runtime, {hidden, signal}: {readonly hidden: readonly string[]; readonly signal?: AbortSignal}): Promise<readonly string[]> {
	const ignore = () => undefined;
	const readSecret = async (reference: SecretReference) => readSecretOf(source, async what => readSourceSecret(reference, what, {runtime, hidden, signal}));
	const stream = await openStream(source, {runtime, signal, readSecret, log: ignore, warn: ignore});
	try {
		return stream.paths;
	} finally {
		await stream.close();
	}
}
