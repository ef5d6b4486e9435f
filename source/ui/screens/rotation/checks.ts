import type {Activity, KeyStatus, Overview} from '../../../engine/index.ts';
import {formatAmount, formatBytes} from '../../../text/format.ts';
import type {SecretPlace} from '../../dashboard-options.ts';
import {recoveryState} from '../../model/key-state.ts';

/** Something that has to be so before a rotation (`FAIL` when it is not), or should. */
export type Check = {readonly word: 'OK' | 'WARN' | 'FAIL' | '…'; readonly text: string};

/** Packs are written anew in batches of so many bytes, which are there twice for a while. */
const batchBytes = 128 * 1024 * 1024;

export type CheckFacts = {
	/** With what was counted. */
	readonly keys: KeyStatus;
	readonly overview: Overview;
	readonly place: SecretPlace | undefined;
	readonly isReencrypting: boolean;
	/** Of other processes, and of other jobs of this screen. */
	readonly activities: ReadonlyArray<Pick<Activity, 'kind' | 'subject'>>;
	readonly nowMs: number;
};

const whereText = 'Rotate on the command line: "coffer key rotate".';

function checkSecret({keys, place}: CheckFacts): Check {
	const own = keys.keys.find(({isOwn}) => isOwn);
	if (own?.factors?.includes('passphrase')) {
		return {word: 'FAIL', text: `A passphrase opens this key slot, and a new one is to be asked for. ${whereText}`};
	}

	if (place === undefined) {
		return {word: '…', text: 'looking for the key file'};
	}

	if (place.kind === 'elsewhere') {
		return {word: 'FAIL', text: place.reason};
	}

	return place.flaw === undefined ? {word: 'OK', text: `The key file ${place.file} can be replaced in its place.`} : {word: 'FAIL', text: place.flaw};
}

function checkRecovery({keys, nowMs}: CheckFacts): Check {
	const {text, tone} = recoveryState(keys, nowMs);
	if (tone === 'muted') {
		return {word: 'OK', text: `${text}; it follows the rotation by itself.`};
	}

	return {word: 'WARN', text: keys.keys.some(({isRecovery}) => isRecovery) ? `${text}: c on the screen of keys checks it.` : `${text}: if the key file is lost, so are the backups. e on the screen of keys makes one.`};
}

function checkRuns({activities}: CheckFacts): Check {
	const rotation = activities.find(({kind}) => kind === 'keys');
	if (rotation) {
		return {word: 'FAIL', text: `Another process is at the keys (${rotation.subject ?? 'keys'}). Wait until it has ended.`};
	}

	const writing = activities.filter(({kind}) => kind === 'backup');
	return writing.length === 0
		? {word: 'OK', text: 'No backup runs on this machine.'}
		: {word: 'WARN', text: `${formatAmount(writing.length, 'backup')} at work (${writing.map(({subject}) => subject).join(', ')}): the old key goes when it has ended.`};
}

function checkSpace({overview: {storage}, isReencrypting}: CheckFacts): Check[] {
	const free = storage[0]?.freeBytes;
	if (!isReencrypting || free === undefined) {
		return [];
	}

	const text = `${formatBytes(free)} free; re-encryption needs about ${formatBytes(batchBytes)} at a time.`;
	return [{word: free < 2 * batchBytes ? 'WARN' : 'OK', text}];
}

/** What is looked at before a rotation, the most important first. */
export function checksOf(facts: CheckFacts): Check[] {
	const {role} = facts.overview;
	return [
		role === 'owner' ? {word: 'OK', text: 'This key is an owner\'s.'} : {word: 'FAIL', text: `This key has the role "${role}": only an owner's key can rotate.`},
		checkSecret(facts), checkRecovery(facts), checkRuns(facts), ...checkSpace(facts),
	];
}

/** Why no rotation can begin now; `undefined` where one can. */
export function whyNoRotation(facts: CheckFacts): string | undefined {
	const found = checksOf(facts).find(({word}) => word === 'FAIL' || word === '…');
	return found && (found.word === '…' ? 'The key file is being looked at.' : found.text);
}
