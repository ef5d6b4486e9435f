import type {KeyStatus, Phase} from '../../../engine/index.ts';
import {formatAmount, formatBytes} from '../../../text/format.ts';
import type {Job} from '../../model/job.ts';
import {toMove} from '../../model/key-state.ts';
import {cell, fitCell, row, type Row, type Tone} from '../../row.ts';
import type {Glyphs} from '../../theme.ts';

/** The steps of a rotation: the last two only where all data are written anew. @param isBegun - What was counted before is not what there is now. */
function stepTexts(keys: KeyStatus, isReencrypting: boolean, isBegun: boolean): string[] {
	const slots = keys.keys.length;
	const data = isBegun ? undefined : toMove(keys);
	const packs = data ? `${formatAmount(data.packs, 'pack')}, ${formatBytes(data.packBytes)}, ${data.packs === 1 ? 'is' : 'are'}` : 'all packs are';
	return [
		`new key file, new epoch: made known to ${slots === 1 ? 'the one key slot' : `all ${slots} key slots`}`,
		'data keys and metadata move to it; all that is new uses it at once',
		'runs that began before are waited for',
		'proof that nothing needs the old key; its file is destroyed',
		...(isReencrypting ? [`${packs} written anew under new data keys`, 'proof: 0 objects under the old epoch'] : []),
	];
}

const stepOf: Readonly<Partial<Record<Phase, number>>> = {renewing: 0, moving: 1, waiting: 2, proving: 3, 're-encrypting': 4};

/** The step that a rotation is at, from 0: no step comes again. */
export function currentStep({phases}: Pick<Job, 'phases'>): number {
	const rewriting = phases.indexOf('re-encrypting');
	const isLastProof = rewriting !== -1 && phases.lastIndexOf('proving') > rewriting;
	return isLastProof ? 5 : Math.max(-1, ...phases.map(phase => stepOf[phase] ?? -1));
}

type Mark = {readonly glyph: keyof Pick<Glyphs, 'ok' | 'running' | 'none' | 'critical' | 'warning'>; readonly word: string; readonly tone: Tone};

function markOf(index: number, job: Job | undefined): Mark {
	if (!job || job.state === 'queued') {
		return {glyph: 'none', word: '', tone: 'muted'};
	}

	const current = currentStep(job);
	if (job.state === 'done' || index < current) {
		return {glyph: 'ok', word: 'done', tone: 'ok'};
	}

	if (index > current) {
		return {glyph: 'none', word: '', tone: 'muted'};
	}

	return job.state === 'failed' ? {glyph: 'critical', word: 'FAIL', tone: 'critical'} : (job.state === 'stopped' ? {glyph: 'warning', word: 'here', tone: 'warning'} : {glyph: 'running', word: 'now', tone: 'running'});
}

/** One line for each step, with how it stands. @param job - That does them. @default none yet */
export function stepRows(keys: KeyStatus, isReencrypting: boolean, {job, glyphs}: {readonly job: Job | undefined; readonly glyphs: Glyphs}): Row[] {
	return stepTexts(keys, isReencrypting, job !== undefined).map((text, index) => {
		const {glyph, word, tone} = markOf(index, job);
		return row(cell(` ${glyphs[glyph]} `, tone), fitCell(word, 5, {tone}), cell(`${index + 1}  `, 'muted'), cell(text, job && index === currentStep(job) ? 'strong' : 'plain'));
	});
}
