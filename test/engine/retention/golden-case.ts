import type {RetentionDecision, RetentionSnapshot} from '../../../source/engine/retention/decision.ts';
import type {RetentionPolicy} from '../../../source/engine/retention/policy.ts';
import type {RetentionSettings} from '../../../source/engine/retention/settings.ts';
import type {SnapshotId} from '../../../source/engine/ids.ts';

/** One case of the table: what is there, and what becomes of it. */
export type GoldenCase = {
	readonly title: string;
	readonly rules: RetentionPolicy;
	/** What is set besides the rules. */
	readonly settings?: Omit<RetentionSettings, 'policy'>;
	/** RFC 3339. */
	readonly now: string;
	/** @default UTC */
	readonly timeZone?: string;
	/**
	One snapshot each, in any order: `TIME [WORD…] -> kept: REASONS` or `-> goes: REASON`. Words: `partial`, `class=C` (daily), `tag=T`, `host=H` (web1), `source=S` (etc), `id=DIGITS`.
	*/
	readonly lines: readonly string[];
};

/** The snapshot that a line of a case is about. @param index - Of the line. */
export function readLine(line: string, index: number): RetentionSnapshot {
	const [time = '', ...words] = line.split('->', 1)[0]!.trim().split(/\s+/);
	const valueOf = (name: string): string | undefined => words.find(word => word.startsWith(`${name}=`))?.slice(name.length + 1);
	return {
		id: (valueOf('id') ?? String(index)).padEnd(32, '0') as SnapshotId,
		time: new Date(time).toISOString(),
		source: valueOf('source') ?? 'etc',
		host: valueOf('host') ?? 'web1',
		class: valueOf('class') ?? 'daily',
		tags: words.filter(word => word.startsWith('tag=')).map(word => word.slice(4)),
		isGood: !words.includes('partial'),
	};
}

/** A line with what was decided. */
export function writeLine(line: string, {isKept, reasons}: RetentionDecision): string {
	return `${line.split('->', 1)[0]!.trim()} -> ${isKept ? 'kept' : 'goes'}: ${reasons.map(({text}) => text).join('; ')}`;
}
