import type {StoredSnapshot} from '../../../../engine/index.ts';
import {formatAmount, formatBytes, formatDuration} from '../../../../text/format.ts';
import {textRow, wrapText, type Row} from '../../../row.ts';
import {contentText} from '../../source/content-rows.ts';

/** What there is to know of a snapshot besides what the list says, in few lines. */
export function snapshotSummary(snapshot: StoredSnapshot, columns: number, nowMs: number): Row[] {
	const {paths, class: backupClass, user, host, tags, statistics: {storedBytes, durationMs, unreadable}} = snapshot;
	const missing = unreadable > 0 ? wrapText(`${formatAmount(unreadable, 'entry', 'entries')} could not be read and ${unreadable === 1 ? 'is' : 'are'} missing.`, columns - 2) : [];
	const facts = [contentText(snapshot, nowMs) ?? paths.join(', '), [`${backupClass}, by ${user} on ${host}`, ...(tags.length > 0 ? [`tags ${tags.join(' ')}`] : []), `${formatBytes(storedBytes)} stored in ${formatDuration(durationMs)}`].join('; ')];
	return [...missing.map(line => textRow(` ${line}`, 'warning')), ...facts.flatMap(fact => wrapText(fact, columns - 2, 2)).map(line => textRow(` ${line}`))];
}
