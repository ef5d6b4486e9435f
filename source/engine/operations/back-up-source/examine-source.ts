import {readSourceSecret} from '../../programs/read-secret.ts';
import type {Runtime} from '../../runtime.ts';
import {openStream} from '../../sources/open-stream.ts';
import type {StreamSource} from '../../sources/source.ts';

/**
See whether a source that is read as a stream could be read now: its programs are there, its server answers. Nothing of it is read.
@returns What would be read, for people.
@throws `source-missing`, `source-failed`; what reading its secret throws; `aborted`
*/
export async function examineSource(source: StreamSource, runtime: Runtime, signal?: AbortSignal): Promise<readonly string[]> {
	const ignore = () => undefined;
	const stream = await openStream(source, {runtime, signal, readSecret: async reference => readSourceSecret(reference, {runtime, hidden: [], ...(signal && {signal})}), log: ignore, warn: ignore});
	try {
		return stream.paths;
	} finally {
		await stream.close();
	}
}
