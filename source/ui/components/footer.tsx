import type {ReactNode} from 'react';
import {useSelector} from '../hooks/use-selector.ts';
import {bindingsOf, firstKeyText, type ActionId, type Binding} from '../keymap.ts';
import {cell, widthOf, type Cell} from '../row.ts';
import type {ScreenKind} from '../screens/screen.ts';
import {Line} from './line.tsx';

/** As many keys as fit, the most important first, without those that can do nothing now; help and the way out always. */
export function footerCells(screen: ScreenKind, width: number, isUnavailable: (action: ActionId) => boolean): Cell[] {
	const possible = bindingsOf(screen).filter((binding): binding is Binding & {footer: number} => binding.footer !== undefined && !isUnavailable(binding.action));
	const candidates = possible.toSorted((a, b) => a.footer - b.footer);
	const cellsOf = (binding: Binding): Cell[] => [cell(` ${firstKeyText(binding)}`, 'key'), cell(` ${binding.label} `)];
	const last = candidates.filter(({action}) => action === 'help' || action === 'quit' || (action === 'back' && screen !== 'main'));
	const others = candidates.filter(binding => !last.includes(binding) && binding.action !== 'back');
	const end = last.toSorted((a, b) => Number(a.action === 'quit') - Number(b.action === 'quit')).flatMap(binding => cellsOf(binding));
	let left = width - widthOf(end);
	const start: Cell[] = [];
	for (const binding of others) {
		const cells = cellsOf(binding);
		if (widthOf(cells) > left) {
			break;
		}

		start.push(...cells);
		left -= widthOf(cells);
	}

	return [...start, ...end];
}

/** The last line: the keys of this screen. */
export function Footer({screen, width, isUnavailable}: {readonly screen: ScreenKind; readonly width: number; readonly isUnavailable: (action: ActionId) => boolean}): ReactNode {
	// What is possible depends on all of the state but the time, which would draw it every second.
	useSelector(state => state.overview);
	useSelector(state => state.jobs);
	useSelector(state => state.main);
	useSelector(state => state.screens);
	useSelector(state => state.link);
	useSelector(state => state.snapshots);
	return <Line cells={footerCells(screen, width, isUnavailable)} width={width}/>;
}
