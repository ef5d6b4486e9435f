import {defaultRetention, type RetentionPolicy, type RetentionSettings} from '../engine/index.ts';
import type {Config} from './config-schema.ts';
import type {SourceRetentionInFile} from './retention-schema.ts';
import {parseSpan} from './span.ts';

const ruleNames = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly', 'within', 'classes'] as const;

/** What applies where nothing is configured, as it would stand in the file. */
export const defaultClasses = {daily: '30d', weekly: '90d', monthly: '90d'} as const;

/** Whether anything there lets snapshots go; tags alone only keep. */
export const hasRules = (retention: SourceRetentionInFile): boolean => ruleNames.some(name => retention[name] !== undefined);

/** The policy that stands there; where it has no rule, the default rules, with its tags. */
function policyOf(retention: SourceRetentionInFile): RetentionPolicy {
	const {within, classes, tags, last, hourly, daily, weekly, monthly, yearly} = retention;
	const counts = Object.entries({last, hourly, daily, weekly, monthly, yearly}).filter(([, count]) => count !== undefined);
	const limits = Object.entries(classes ?? {}).flatMap(([backupClass, span]) => span === undefined ? [] : [[backupClass, parseSpan(span)!] as const]);
	return {
		...(!hasRules(retention) && defaultRetention),
		...Object.fromEntries(counts) as Pick<RetentionPolicy, 'last'>,
		...(within !== undefined && {withinMs: parseSpan(within)!}),
		...(limits.length > 0 && {classes: Object.fromEntries(limits)}),
		...(tags && {tags}),
	};
}

/** Which snapshots are kept by the configuration. @default the default policy, for this host alone */
export function retentionOf(config: Pick<Config, 'retention' | 'sources'> | undefined): RetentionSettings {
	const {hosts, pins, ...rules} = config?.retention ?? {};
	const ownPolicies = (config?.sources ?? []).flatMap(({name, retention}) => retention ? [[name, policyOf(retention)] as const] : []);
	return {
		policy: policyOf(rules),
		...(ownPolicies.length > 0 && {sources: Object.fromEntries(ownPolicies)}),
		...(hosts !== undefined && {hosts}),
		...(pins && {pins}),
	};
}
