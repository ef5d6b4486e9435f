const billion = 1_000_000_000n;

/** The milliseconds that `Stats` of node:fs (without `bigint`) computes from seconds and nanoseconds since 1970, to the last bit. */
export function toMilliseconds(seconds: number, nanoseconds: number): number {
	return (seconds * 1000) + (nanoseconds / 1_000_000);
}

/** The same from nanoseconds since 1970; before that, too. */
export function toStatMilliseconds(ns: bigint): number {
	const remainder = ((ns % billion) + billion) % billion;
	return toMilliseconds(Number((ns - remainder) / billion), Number(remainder));
}
