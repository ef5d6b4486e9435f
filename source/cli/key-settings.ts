import {defaultKeyPolicy, type KeyPolicy} from '../engine/index.ts';
import type {Config} from './config-schema.ts';

/** What `keys` of the configuration may say of ages. */
type Ages = {readonly warnAfterDays?: number | undefined; readonly rotateAfterDays?: number | undefined};

/** How old the key may grow. Where only the day of the rotation is given, the warning keeps its distance to it, or what of it is left. */
export function keyAges({warnAfterDays, rotateAfterDays = defaultKeyPolicy.rotateAfterDays}: Ages): KeyPolicy {
	const distance = defaultKeyPolicy.rotateAfterDays - defaultKeyPolicy.warnAfterDays;
	return {rotateAfterDays, warnAfterDays: warnAfterDays ?? Math.max(1, rotateAfterDays - distance)};
}

/** How old the key may grow by the configuration. @default warned of at 80 days, due at 90 */
export function keyPolicyOf(config: Pick<Config, 'keys'> | undefined): KeyPolicy {
	return keyAges(config?.keys ?? {});
}
