import {Box, useApp, useInput, usePaste, useWindowSize} from 'ink';
import {useEffect, useMemo, type ReactNode} from 'react';
import {Footer} from './components/footer.tsx';
import {Header} from './components/header.tsx';
import {Line} from './components/line.tsx';
import {StatusLine} from './components/status-line.tsx';
import {ThemeContext} from './components/theme-context.ts';
import type {Dashboard} from './dashboard.ts';
import {StoreContext, useSelector} from './hooks/use-selector.ts';
import type {ActionId} from './keymap.ts';
import {toKeyPresses} from './key-press.ts';
import {edgeLines, isCompact} from './layout.ts';
import {lineCells, OverlayView} from './overlays/overlay-view.tsx';
import {paste} from './press-key.ts';
import {cell} from './row.ts';
import {CompactScreen} from './screens/compact/compact-screen.tsx';
import {MainScreen} from './screens/main/main-screen.tsx';
import {currentScreenKind, handlerOf} from './screens/registry.ts';
import {ScreenView, trailOf} from './screens/screen-view.tsx';
import type {Theme} from './theme.ts';

/** Between these a terminal that knows them shows nothing of what is written (mode 2026). */
const beginSynchronized = '\u001B[?2026h';
const endSynchronized = '\u001B[?2026l';

/** The line above the keys: a filter that is typed, or what goes on. */
function LowerLine({width}: {readonly width: number}): ReactNode {
	const overlay = useSelector(state => state.overlay);
	return overlay?.kind === 'filter'
		? <Line width={width} cells={[cell(' / ', 'accent'), ...lineCells(overlay.line, Math.max(4, width - 34)), cell('   Enter keeps it  Esc takes it back', 'muted')]}/>
		: <StatusLine width={width}/>;
}

function Body({dashboard}: {readonly dashboard: Dashboard}): ReactNode {
	const {columns: width, rows} = useSelector(state => state.size);
	const screens = useSelector(state => state.screens);
	const overlay = useSelector(state => state.overlay);
	const screen = screens.at(-1);
	const kind = currentScreenKind({screens});
	const height = Math.max(1, rows - edgeLines);
	if (isCompact({size: {columns: width, rows}, screens})) {
		return <Box width={width} height={rows} overflow='hidden'>
			<CompactScreen width={width} height={rows}/>
			{overlay && <OverlayView dashboard={dashboard} overlay={overlay} width={width} height={rows}/>}
		</Box>;
	}

	const isUnavailable = (action: ActionId): boolean => handlerOf(kind, action)?.unavailable?.(dashboard) !== undefined;
	return <Box flexDirection='column' width={width} height={rows} overflow='hidden'>
		<Header host={dashboard.options.host} trail={screen ? trailOf(screen) : []} width={width}/>
		<Box flexDirection='column' width={width} height={height} flexShrink={0} overflow='hidden'>
			{screen ? <ScreenView screen={screen} width={width} height={height}/> : <MainScreen width={width} height={height}/>}
			{overlay && <OverlayView dashboard={dashboard} overlay={overlay} width={width} height={height}/>}
		</Box>
		<LowerLine width={width}/>
		<Footer screen={kind} width={width} isUnavailable={isUnavailable}/>
	</Box>;
}

/** The whole screen: draws the state, and passes keys on. */
export function App({dashboard, theme}: {readonly dashboard: Dashboard; readonly theme: Theme}): ReactNode {
	const {exit, suspendTerminal} = useApp();
	const {columns, rows} = useWindowSize();
	useEffect(() => {
		dashboard.dispatch({type: 'resized', size: {columns, rows}});
	}, [dashboard, columns, rows]);
	useEffect(() => {
		let count = 0;
		let last = Promise.resolve();
		// The screen is seen again a moment before it is all back: what is asked for then comes next.
		const suspend = async (action: () => Promise<void> | void) => {
			count++;
			const before = last;
			const turn = (async () => {
				await before;
				await suspendTerminal(action);
			})();
			last = turn.catch(() => undefined);
			try {
				await turn;
			} finally {
				count--;
			}
		};

		const redraw = async () => {
			const {stdout} = dashboard.options;
			stdout.write(beginSynchronized);
			try {
				await suspend(() => undefined);
			} finally {
				stdout.write(endSynchronized);
			}
		};

		dashboard.terminal = {exit, suspend, redraw() {
			if (count === 0) {
				void redraw();
			}
		}};
		dashboard.options.onSuspendable?.(suspend);
		dashboard.start();
	}, [dashboard, exit, suspendTerminal]);
	useInput((input, key) => {
		for (const press of toKeyPresses(input, key)) {
			dashboard.press(press);
		}
	});
	usePaste(text => {
		paste(dashboard, text);
	});
	const {store} = dashboard;
	return useMemo(() => <StoreContext value={store}><ThemeContext value={theme}><Body dashboard={dashboard}/></ThemeContext></StoreContext>, [dashboard, store, theme]);
}
