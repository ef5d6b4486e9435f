import test from 'ava';
import type {EpochId, SlotId, SnapshotId} from '../../../source/engine/ids.ts';
import {findChainProblems, findSnapshot, type StoredSnapshot} from '../../../source/engine/repository/snapshot-store.ts';
import {snapshotName} from '../../../source/engine/repository/snapshot.ts';
import type {Tombstone} from '../../../source/engine/repository/tombstone.ts';
import {refuses} from '../../helpers/error-assertions.ts';
import {createTestSnapshot} from '../../helpers/test-snapshots.ts';

function stored(id: string, changes: Partial<StoredSnapshot> = {}): StoredSnapshot {
	const snapshot = createTestSnapshot({id: id.padEnd(32, '0') as SnapshotId, ...changes});
	return {...snapshot, objectName: snapshotName(snapshot), sha256: `${id}${'f'.repeat(64)}`.slice(0, 64), keyEpoch: '00'.repeat(16) as EpochId, signer: '00'.repeat(16) as SlotId};
}

const follow = (id: string, previous: StoredSnapshot): StoredSnapshot => stored(id, {previous: {id: previous.id, sha256: previous.sha256}});
const bury = ({id, sha256}: StoredSnapshot): Tombstone => ({id, sha256, forgotten: '2026-11-21T18:46:00.000Z', host: 'h', user: 'u', reason: 'r'});

const [a, b, c] = [stored('aaaa1'), stored('aaaa2', {source: 'db'}), stored('bbbb1')];

test('a snapshot is found by the beginning of its id', t => {
	t.is(findSnapshot([a, b, c], 'bbbb'), c);
	t.is(findSnapshot([a, b, c], 'aaaa1'), a);
	t.is(findSnapshot([a, b, c], a.id), a);
	refuses(t, () => findSnapshot([a, b, c], 'aaaa'), 'snapshot-ambiguous', /aaaa1.*aaaa2/);
});

test('the latest of all, or of one source', t => {
	t.is(findSnapshot([a, b, c], 'latest'), c);
	t.is(findSnapshot([a, b, c], 'latest:db'), b);
	refuses(t, () => findSnapshot([a, b, c], 'latest:none'), 'snapshot-missing', /none/);
	refuses(t, () => findSnapshot([a, b, c], 'latest:'), 'snapshot-missing');
	refuses(t, () => findSnapshot([], 'latest'), 'snapshot-missing', /no snapshot yet/);
});

test('what is no reference finds nothing', t => {
	for (const reference of ['', 'aaa', 'AAAA1', 'cccc', `${a.id}0`, '.*.*', 'Latest', 'aaaa1 ']) {
		refuses(t, () => findSnapshot([a, b, c], reference), 'snapshot-missing');
	}
});

test('a whole chain, a fork, and a forgotten predecessor are in order', t => {
	const second = follow('2222', a);
	const fork = follow('3333', a);
	t.deepEqual(findChainProblems([a, second, fork, follow('4444', second)], []), []);
	t.deepEqual(findChainProblems([second], [bury(a)]), []);
	t.deepEqual(findChainProblems([], []), []);
});

test('a predecessor that is gone, or another one, is a problem of its successor', t => {
	const second = follow('2222', a);
	t.deepEqual(findChainProblems([second], []).map(({object, message}) => [object, message.includes('lost or removed')]), [[second.objectName, true]]);
	const exchanged = {...a, sha256: 'e'.repeat(64)};
	t.deepEqual(findChainProblems([exchanged, second], []).map(({object, message}) => [object, message.includes('exchanged')]), [[second.objectName, true]]);
	t.is(findChainProblems([second], [bury(exchanged)]).length, 1);
});
