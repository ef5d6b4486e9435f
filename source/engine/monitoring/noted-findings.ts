import type {NotedFinding} from '../state/noted-findings.ts';
import {alertKinds, severities, type Finding} from './alert.ts';

/** What no watch has confirmed for so long is no longer shown: nobody looks any more, and it may be mended. In milliseconds. */
export const notedForMs = 49 * 60 * 60 * 1000;

/** That the repository cannot be reached or opened is refuted by who has opened it. */
const refutedKinds: ReadonlySet<string> = new Set(['unreachable', 'key']);

/** A later version may have noted what this one has no words for: that is passed over. */
function toFinding({kind: kindName, severity: severityName, time: _, ...texts}: NotedFinding): Finding[] {
	const kind = alertKinds.find(known => known === kindName);
	const severity = severities.find(known => known === severityName);
	return kind === undefined || severity === undefined ? [] : [{...texts, kind, severity}];
}

/**
What an overview has found, and what watches of this host have found besides.
@param found - By the overview; of one key there is one finding.
*/
export function standingFindings(noted: readonly NotedFinding[], found: readonly Finding[], nowMs: number): Finding[] {
	const standing = noted.filter(({kind, time}) => !refutedKinds.has(kind) && Math.abs(nowMs - Date.parse(time)) <= notedForMs);
	return [...new Map([...standing.flatMap(finding => toFinding(finding)), ...found].map(finding => [finding.key, finding])).values()];
}
