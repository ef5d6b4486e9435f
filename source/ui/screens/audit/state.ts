import type {AuditLook, ShownEntry} from '../../../engine/index.ts';
import {isMatch} from '../../model/selectors.ts';

/** The audit log of this host, with what verifying it has shown. */
export type AuditScreen = {
	readonly kind: 'audit';
	readonly cursor: number;
	readonly filter: string;
	/** What was read last. */
	readonly look?: AuditLook;
	/** Why it cannot be read. */
	readonly problem?: string;
	readonly isReading: boolean;
};

export const emptyAuditScreen: AuditScreen = {kind: 'audit', cursor: 0, filter: '', isReading: true};

/** The entries that are shown, newest first: those that have the words of the filter anywhere. */
export function shownEntries({look, filter}: Pick<AuditScreen, 'look' | 'filter'>): readonly ShownEntry[] {
	return (look?.entries ?? []).toReversed().filter(({operation, result, objects, detail, user, from, host, role, time}) => isMatch([operation, result, ...objects, detail, user, from, host, role, time].join(' '), filter));
}
