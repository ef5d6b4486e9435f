import test from 'ava';
import {createMemoryStorage} from '../../../source/engine/storage/memory.ts';
import {testStorageContract} from '../../helpers/storage-contract.ts';

testStorageContract('memory', async (_t, runtime) => createMemoryStorage({runtime}));

test('no other thread can open it', t => {
	const storage = createMemoryStorage();
	t.false(storage.isShareable);
	t.is(storage.url, 'memory:');
});
