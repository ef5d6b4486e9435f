import {Box} from 'ink';
import type {ReactNode} from 'react';
import {formatAge} from '../../../text/format.ts';
import {Panel} from '../../components/panel.tsx';
import {useTheme} from '../../components/theme-context.ts';
import {useCoarseNow, useSelector} from '../../hooks/use-selector.ts';
import {keysOf} from '../../model/key-state.ts';
import {clampRow} from '../../model/selectors.ts';
import {keyNotes, rotationText, runningText} from '../../panes/keys.tsx';
import {textRow, wrapText} from '../../row.ts';
import {windowOf} from '../../scrolling.ts';
import type {ScreenProps} from '../screen-props.ts';
import {epochRows, slotRows, type KeyTableView} from './key-table.ts';
import type {KeysScreen} from './state.ts';

/** Epochs and what lies under them, key slots and what opens them. */
export function KeysView({screen, width, height}: ScreenProps<KeysScreen>): ReactNode {
	const overview = useSelector(state => state.overview);
	const keyCounts = useSelector(state => state.keyCounts);
	const jobs = useSelector(state => state.jobs);
	const keys = keysOf({...(overview && {overview}), ...(keyCounts && {keyCounts})});
	const lastVerification = useSelector(state => state.overview?.lastVerification);
	const nowMs = useCoarseNow();
	const {glyphs} = useTheme();
	if (keys === undefined) {
		return <Panel title='2 Keys' rows={[textRow('  Loading…', 'muted')]} width={width} height={height} isFocused/>;
	}

	const verdict = lastVerification?.isIntact ? 'intact' : 'damaged';
	const verified = lastVerification ? [textRow(` the repository was ${verdict} at the last verification, ${formatAge(lastVerification.time, nowMs)}`)] : [];
	const cursor = clampRow(screen.cursor, keys.epochs.length + keys.keys.length);
	const view: KeyTableView = {columns: width - 2, glyphs, nowMs, cursor};
	const epochs = epochRows(keys, view);
	const epochLines = Math.min(epochs.length + 2, Math.floor(height / 3));
	const slots = slotRows(keys, view);
	const noteLines = 8;
	const slotLines = Math.max(4, height - epochLines - noteLines);
	const {start, end} = windowOf(slots.length, Math.max(0, cursor - keys.epochs.length + 1), slotLines - 2);
	const note = 'Each epoch is a generation of the repository\'s keys; everything new is written under the active one. A key slot is one secret, a key file or a passphrase, that opens the repository. A recovery key is one that is kept far from this machine: e makes one, c checks it, K rotates all.';
	return <Box flexDirection='column' width={width} height={height}>
		<Panel title={`Epochs ${keys.epochs.length}`} status={rotationText(keys)} rows={epochs} width={width} height={epochLines} isFocused/>
		<Panel title={`Key slots ${keys.keys.length}`} rows={slots.slice(start, end)} width={width} height={slotLines} isFocused={cursor >= keys.epochs.length}/>
		<Panel
			title='How they stand' width={width} height={height - epochLines - slotLines}
			rows={[...keyNotes(keys, {nowMs, running: runningText(jobs, overview?.activities ?? [])}), ...wrapText(note, width - 4).map(line => textRow(` ${line}`, 'muted')), ...verified]}
		/>
	</Box>;
}
