import type {AlertKind} from './alert.ts';

/** Where it is written what a kind of alert means, how to check it, what to do and whom to call: a path below the folder of this program. */
export function runbookOf(kind: AlertKind): string {
	return `docs/runbooks/${kind}.md`;
}
