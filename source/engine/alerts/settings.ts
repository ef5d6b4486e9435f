/** A span of the day, in minutes from midnight in a time zone; over midnight where it ends before it begins. */
export type DaySpan = {readonly fromMinute: number; readonly toMinute: number; readonly timeZone: string};

/** When alerts are told. */
export type AlertSettings = {
	/** One that lasts is told again so much later. */
	readonly repeatAfterMs: number;
	/** A critical one that nobody took note of is told again as escalated, once, so much after it was raised. */
	readonly escalateAfterMs: number;
	/** Warnings wait until this is over. @default there is none */
	readonly quietHours?: DaySpan;
	/** When the digest of the last day is sent. @default there is none */
	readonly digest?: {readonly minute: number; readonly timeZone: string};
};

const hourMs = 60 * 60 * 1000;

export const defaultAlertSettings: AlertSettings = {repeatAfterMs: 24 * hourMs, escalateAfterMs: 4 * hourMs};
