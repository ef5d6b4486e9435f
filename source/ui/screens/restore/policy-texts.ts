import {shortId, type OverwritePolicy, type SnapshotId} from '../../../engine/index.ts';

/** The policies in the order in which a key goes through them: the harmless ones first. */
export const policies = ['never', 'keep-both', 'if-changed', 'if-newer', 'always'] as const satisfies readonly OverwritePolicy[];

/** What happens to files that exist already. */
export function policyText(policy: OverwritePolicy, snapshot: SnapshotId): string {
	switch (policy) {
		case 'never': {
			return 'they stay as they are';
		}

		case 'keep-both': {
			return `they stay; the snapshot's come beside them as NAME.coffer-${shortId(snapshot)}`;
		}

		case 'if-changed': {
			return 'replaced where size or time differ from the snapshot\'s';
		}

		case 'if-newer': {
			return 'replaced where the snapshot\'s are newer';
		}

		case 'always': {
			return 'replaced where anything differs; all content is compared';
		}
	}
}

export function nextPolicy(policy: OverwritePolicy): OverwritePolicy {
	return policies[(policies.indexOf(policy) + 1) % policies.length]!;
}
