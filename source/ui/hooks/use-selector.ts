import {createContext, useContext, useSyncExternalStore} from 'react';
import type {Action} from '../model/reducer.ts';
import type {DashboardState} from '../model/state.ts';
import type {Store} from '../model/store.ts';

export type DashboardStore = Store<DashboardState, Action>;

export const StoreContext = createContext<DashboardStore | undefined>(undefined);

/** A part of the state that is drawn; drawn again when it is another one. @param select - Gives the same value for the same state. */
export function useSelector<Value>(select: (state: DashboardState) => Value): Value {
	const store = useContext(StoreContext);
	if (store === undefined) {
		throw new TypeError('There is no store around this component.');
	}

	return useSyncExternalStore(store.subscribe, () => select(store.published()));
}

/** The time for ages, which need no second: moves on every ten. In milliseconds since 1970. */
export const useCoarseNow = (): number => useSelector(({nowMs}) => nowMs - nowMs % 10_000);
