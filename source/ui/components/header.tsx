import {useIsScreenReaderEnabled} from 'ink';
import type {ReactNode} from 'react';
import {formatSpan} from '../../text/format.ts';
import {useSelector} from '../hooks/use-selector.ts';
import type {DashboardState} from '../model/state.ts';
import {cell, spread, type Cell} from '../row.ts';
import {starterOf} from '../screens/schedule/starter.ts';
import {Line} from './line.tsx';
import {useTheme} from './theme-context.ts';

/** Data older than this is called stale, in milliseconds: three looks have failed or been late. */
export const staleDataMs = 30_000;

/** How old what is shown is, and whether the repository can be reached. */
export function dataCells({link, overviewMs, nowMs}: Pick<DashboardState, 'link' | 'overviewMs' | 'nowMs'>): Cell[] {
	const ageMs = overviewMs === undefined ? undefined : Math.max(0, nowMs - overviewMs);
	const age = ageMs === undefined ? '' : (ageMs < 60_000 ? `${Math.floor(ageMs / 1000)}s` : formatSpan(ageMs));
	if (link.status === 'offline') {
		return [cell(`OFFLINE${age === '' ? '' : ` ${age}`}`, 'critical')];
	}

	if (ageMs === undefined) {
		return [cell('opening', 'muted')];
	}

	const isStale = ageMs >= staleDataMs;
	return [cell(`${isStale ? 'STALE' : 'data'} ${age}`, isStale ? 'warning' : 'muted')];
}

function countCells(state: Pick<DashboardState, 'overview'>, critical: string, warning: string): Cell[] {
	const open = (state.overview?.alerts ?? []).filter(({acknowledged}) => acknowledged === undefined);
	const criticals = open.filter(({severity}) => severity === 'critical').length;
	const warnings = open.length - criticals;
	return [
		...(criticals > 0 ? [cell(`${critical}${criticals} crit`, 'critical'), cell('  ')] : []),
		...(warnings > 0 ? [cell(`${warning}${warnings} warn`, 'warning'), cell('  ')] : []),
	];
}

/** Room for what starts the jobs where nothing is wrong. */
const wideColumns = 110;

/** What starts the jobs of this host: on a narrow screen only where nothing does, and not where the way to another screen needs the room. */
export function scheduleCells({overview, nowMs}: Pick<DashboardState, 'overview' | 'nowMs'>, {width, trail}: {readonly width: number; readonly trail: readonly string[]}, warning: string): Cell[] {
	const starter = overview?.schedule && starterOf(overview.schedule, nowMs);
	if (width < wideColumns && trail.length > 0) {
		return [];
	}

	if (starter?.kind === 'nothing') {
		return [cell(width < wideColumns ? `${warning}no schedule` : `${warning}NOTHING starts jobs (c)`, 'critical'), cell('  ')];
	}

	return starter && width >= wideColumns && starter.kind !== 'not-needed' ? [cell(`jobs by ${starter.name}  `, 'muted')] : [];
}

const two = (value: number): string => String(value).padStart(2, '0');

/** The first line: what this is about, how it stands, how old that is, and the time. */
export function Header({host, trail, width}: {readonly host: string; readonly trail: readonly string[]; readonly width: number}): ReactNode {
	const overview = useSelector(state => state.overview);
	const overviewMs = useSelector(state => state.overviewMs);
	const link = useSelector(state => state.link);
	const nowMs = useSelector(state => state.nowMs);
	// Before a first run is through there are no data, and nothing is being opened.
	const hasRepository = useSelector(state => state.screens.every(({kind}) => kind !== 'set-up'));
	const {glyphs} = useTheme();
	const isRead = useIsScreenReaderEnabled();
	const now = new Date(nowMs);
	const role = overview === undefined ? '' : overview.role;
	const left = [cell(' coffer', 'title'), cell(`   ${host}`, 'strong'), ...trail.flatMap(step => [cell(' > ', 'muted'), cell(step)])];
	const age = hasRepository ? dataCells({link, nowMs, ...(overviewMs !== undefined && {overviewMs})}) : [];
	const right = [
		cell(' '), ...countCells({...(overview && {overview})}, glyphs.critical, glyphs.warning), ...scheduleCells({nowMs, ...(overview && {overview})}, {width, trail}, glyphs.warning), ...(role === '' ? [] : [cell(`${role}  `, 'muted')]),
		// What changes every second would be read aloud every second: of the age only a warning.
		...(isRead ? age.filter(({tone}) => tone !== 'muted') : [...age, cell(` ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`)]), cell(' '),
	];
	return <Line cells={spread(left, right, width)} width={width}/>;
}
