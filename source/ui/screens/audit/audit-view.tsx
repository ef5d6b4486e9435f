import type {ReactNode} from 'react';
import {Panel} from '../../components/panel.tsx';
import {useTheme} from '../../components/theme-context.ts';
import {clampRow} from '../../model/selectors.ts';
import {textRow, wrapText} from '../../row.ts';
import {positionText} from '../../scrolling.ts';
import type {ScreenProps} from '../screen-props.ts';
import {entryRows, verificationRows} from './audit-rows.ts';
import {shownEntries, type AuditScreen} from './state.ts';

function emptyText({look, filter, isReading}: AuditScreen): string {
	if (isReading && look === undefined) {
		return 'Reading and verifying the audit log…';
	}

	return filter === '' ? 'There is no entry yet: the next operation writes the first.' : `No entry matches the filter "${filter}".`;
}

/** Who did what, and whether the log of it is what was written. */
export function AuditView({screen, width, height}: ScreenProps<AuditScreen>): ReactNode {
	const {glyphs} = useTheme();
	const {look, problem, filter, isReading} = screen;
	const entries = shownEntries(screen);
	const cursor = clampRow(screen.cursor, entries.length);
	const columns = width - 2;
	const head = [
		...(problem === undefined ? [] : wrapText(problem, columns - 2, 3).map(line => textRow(` ${line}`, 'critical'))),
		...(look ? verificationRows(look, columns, glyphs) : []),
	];
	const room = height - 2 - head.length;
	const rows = entries.length > 0 ? entryRows(entries, cursor, {columns, height: room, glyphs}) : (problem === undefined ? wrapText(emptyText(screen), columns - 2).map(line => textRow(` ${line}`, 'muted')) : []);
	const position = positionText(entries.length, cursor, room - 1);
	return <Panel
		isFocused width={width} height={height} title='Audit log' rows={[...head, ...rows]}
		status={[...(filter === '' ? [] : [`filter: ${filter}`]), isReading ? 'reading' : 'R verifies it again'].join('  ')} {...(position !== undefined && {foot: position})}
	/>;
}
