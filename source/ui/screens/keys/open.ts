import type {Dashboard} from '../../dashboard.ts';
import {countKeys} from './count-keys.ts';

/** Open the screen of keys, and count what lies under them. */
export function openKeys(dashboard: Dashboard): void {
	dashboard.openScreen({kind: 'keys', cursor: 0});
	countKeys(dashboard);
}
