import {writeFileSync} from 'node:fs';
import type {ExecutionContext} from 'ava';
import type {Notice} from '../../source/engine/index.ts';
import {createScheduledHost, type ScheduledHost} from './scheduled-host.ts';
import type {ReceivedRequest} from './http-sink.ts';

export type AlertingHost = ScheduledHost & {
	/** Write the configuration anew: these channels, and whatever else. */
	tellOn(channels: Record<string, unknown>, more?: Record<string, unknown>): void;
};

/** A host with a repository, a source `etc`, and a key for webhooks. */
export async function createAlertingHost(t: ExecutionContext): Promise<AlertingHost> {
	const host = await createScheduledHost(t, ['etc']);
	writeFileSync(host.path('hook.key'), 'a key of a webhook\n', {mode: 0o600});
	return Object.assign(host, {
		tellOn(channels: Record<string, unknown>, more: Record<string, unknown> = {}) {
			host.configure({}, {alerts: {channels}, ...more});
		},
	});
}

/** A webhook to a sink on loopback, in the configuration. */
export const webhookTo = ({folder}: ScheduledHost | {readonly folder: string}, origin: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
	type: 'webhook', url: `${origin}/coffer`, key: {file: `${folder}/hook.key`}, allow: ['loopback'], ...more,
});

type Body = {readonly kind: Notice['kind']; readonly alerts?: ReadonlyArray<{readonly event: string; readonly kind: string; readonly object: string}>};

/** Not how full this machine's disk is, nor that nothing starts its schedule. */
const isOfMachine = (kind: string): boolean => ['storage', 'space', 'inodes', 'idle', 'missed'].includes(kind);

/** What webhooks were told: `raised failed etc`. */
export function newsOf(requests: readonly ReceivedRequest[]): string[] {
	return requests.flatMap(({body}) => {
		const {kind, alerts = []} = JSON.parse(body) as Body;
		return kind === 'alerts' ? alerts.filter(alert => !isOfMachine(alert.kind)).map(alert => `${alert.event} ${alert.kind} ${alert.object}`) : [kind];
	});
}
