import type {Runtime} from '../runtime.ts';
import type {Channel} from './channel.ts';
import {createNoticeId} from './create-notice-id.ts';

export type TestRequest = {
	readonly runtime: Runtime;
	/** Where the repository lies, as its storage has it. */
	readonly url: string;
	/** See `Notice`. */
	readonly auditHead?: string;
	readonly signal: AbortSignal;
};

/** Send a notice now that only shows whether it arrives. @throws what the channel throws */
export async function sendTest(channel: Channel, {runtime, url, auditHead, signal}: TestRequest): Promise<void> {
	await channel.send({kind: 'test', id: createNoticeId(runtime), time: new Date(runtime.now()).toISOString(), host: runtime.identity.host, url, ...(auditHead !== undefined && {auditHead})}, signal);
}
