import {auditHeadText} from '../audit-head.ts';
import type {RepositoryId} from '../ids.ts';
import {acknowledgeAlert, type AcknowledgeOptions} from '../monitoring/acknowledge-alert.ts';
import {byUrgency} from '../monitoring/alert-life.ts';
import type {Alert} from '../monitoring/alert.ts';
import type {AlertChange} from '../state/alert-changes.ts';
import {AuditHeadState} from '../state/audit-head.ts';
import type {StateContext} from '../state/database.ts';
import {HostState} from '../state/host-state.ts';
import {readKnownPlace} from '../state/known-place.ts';
import {toAlert} from './announcement.ts';
import type {Channel, ChannelSettings} from './channel.ts';
import {createNoticeId} from './create-notice-id.ts';
import {deliver, type Delivery} from './deliver.ts';
import {planChannel, type NoticeHead} from './plan-channel.ts';
import type {AlertSettings} from './settings.ts';

export type AlertDeskOptions = StateContext & {
	/** Absolute. */
	readonly stateFolder: string;
	/** Where the repository lies, as its storage has it. */
	readonly url: string;
	/** The one that was found there. @default the one that this host knows there */
	readonly repository?: RepositoryId | undefined;
};

/** The alerts of this host about the repository at one place, without opening it: what is open, what was, and telling it to others. To be closed. */
export class AlertDesk {
	readonly #options: AlertDeskOptions;
	readonly #state: HostState;
	readonly #auditHead: AuditHeadState;

	private constructor(options: AlertDeskOptions, repository: RepositoryId) {
		this.#options = options;
		this.#state = new HostState(options.stateFolder, repository, options);
		this.#auditHead = new AuditHeadState(options.stateFolder, repository, options);
	}

	/**
	@returns `undefined` where this host knows no repository there
	@throws `state-failed`
	*/
	static open(options: AlertDeskOptions): AlertDesk | undefined {
		const repository = options.repository ?? readKnownPlace(options.stateFolder, options.url, options);
		return repository === undefined ? undefined : new AlertDesk(options, repository);
	}

	/** Alerts that are open, most severe first, and the oldest of these first. @throws `state-failed` */
	open(): Alert[] {
		return this.#state.alerts.records().map(record => toAlert(record)).toSorted((a, b) => byUrgency(a, b));
	}

	/** What happened to alerts, oldest first; a year of it is kept, at most 10,000 entries. @param sinceMs - @default all of it @throws `state-failed` */
	history(sinceMs?: number): AlertChange[] {
		return this.#state.alerts.history(sinceMs === undefined ? undefined : new Date(sinceMs).toISOString());
	}

	/** Note that the user has taken note of an alert, or takes that back. @throws `usage` where there is no such alert; `state-failed` */
	acknowledge(key: string, options: AcknowledgeOptions = {}): void {
		acknowledgeAlert(this.#state, this.#options.runtime, key, options);
	}

	/**
	Write down for each channel what it is to be told now. It waits in the outbox until it is delivered. What was remembered of other channels is forgotten.
	@param others - Names that are used by something else that sends, and are remembered, too.
	@returns How many notices were dropped that waited, as too many did, by channel
	@throws `state-failed`
	*/
	announce(channels: readonly ChannelSettings[], settings: AlertSettings, others: readonly string[] = []): ReadonlyMap<string, number> {
		const {runtime} = this.#options;
		this.#state.outbox.keep([...channels.map(({name}) => name), ...others]);
		const head = this.#head();
		const settingsOf = new Map(channels.map(channel => [channel.name, channel]));
		return this.#state.alerts.announce([...settingsOf.keys()], (name, memory) => planChannel({
			channel: settingsOf.get(name)!,
			memory,
			settings,
			head,
			nowMs: runtime.now(),
			createId: () => createNoticeId(runtime),
		}));
	}

	/** Send what is due. @param signal - Stops at once; what was not sent stays. @throws `state-failed` */
	async deliver(channels: readonly Channel[], signal: AbortSignal): Promise<Delivery[]> {
		return deliver(channels, {outbox: this.#state.outbox, runtime: this.#options.runtime, signal});
	}

	/** Note how sending went of something that never waited, such as a test. @param error - Why it failed. @default it did not @throws `state-failed` */
	note(channel: string, error?: string): void {
		this.#state.outbox.note(channel, error);
	}

	close(): void {
		this.#state.close();
		this.#auditHead.close();
	}

	#head(): NoticeHead {
		const audit = this.#auditHead.read();
		return {host: this.#options.runtime.identity.host, url: this.#options.url, ...(audit && {auditHead: auditHeadText(audit)})};
	}
}
