import type {Alert} from '../../../engine/index.ts';
import {isMatch, listAlerts} from '../../model/selectors.ts';
import type {DashboardState} from '../../model/state.ts';
import type {AlertsScreen} from './state.ts';

/** The alerts that the screen shows. */
export function shownAlerts(state: Pick<DashboardState, 'overview'>, {filter, isShowingAll}: Pick<AlertsScreen, 'filter' | 'isShowingAll'>): readonly Alert[] {
	return listAlerts(state).filter(alert => (isShowingAll || alert.acknowledged === undefined) && isMatch(`${alert.severity} ${alert.object} ${alert.message} ${alert.cause ?? ''}`, filter));
}
