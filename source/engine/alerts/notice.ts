import type {Severity} from '../monitoring/alert.ts';

/**
What channels are told of an alert. `raised`: it is new. `escalated`: it became more severe, or nobody took note of it for long. `repeated`: it lasts. `resolved`: the trouble is over.
*/
export const alertEvents = ['raised', 'escalated', 'repeated', 'resolved'] as const;
export type AlertEvent = typeof alertEvents[number];

/** An alert, as it is told outside this host. */
export type AnnouncedAlert = {
	/** See `Finding`. */
	readonly key: string;
	/** One of `alertKinds`; a text, as what waits may have been written by another version. */
	readonly kind: string;
	readonly severity: Severity;
	readonly object: string;
	readonly message: string;
	readonly cause?: string;
	readonly nextStep: string;
	/** When this host saw it first: RFC 3339. */
	readonly since: string;
};

type NoticeHead = {
	/** 32 hexadecimal digits; the same at every attempt, so that a receiver can drop what comes twice. */
	readonly id: string;
	/** When it was written: RFC 3339. */
	readonly time: string;
	readonly host: string;
	/** Where the repository lies. */
	readonly url: string;
	/** The end of the audit log then, so that somebody else has it, too: `NUMBER:MAC`. */
	readonly auditHead?: string;
};

/** One message to one channel: plain data that waits in the outbox. */
export type Notice =
	| NoticeHead & {readonly kind: 'alerts'; readonly news: ReadonlyArray<{readonly event: AlertEvent; readonly alert: AnnouncedAlert}>}
	| NoticeHead & {
		/** Once a day: how things stand. */
		readonly kind: 'digest';
		/** The time that it is about: RFC 3339. */
		readonly from: string;
		readonly open: ReadonlyArray<AnnouncedAlert & {readonly isAcknowledged: boolean}>;
		/** Raised and resolved in that time. */
		readonly raised: number;
		readonly resolved: number;
		/** Runs of sources in that time. */
		readonly runs: {readonly ok: number; readonly partial: number; readonly failed: number};
	}
	| NoticeHead & {/** Somebody wants to see whether it arrives. */ readonly kind: 'test'};
