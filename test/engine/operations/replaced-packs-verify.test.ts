import test from 'ava';
import {verify} from '../../../source/engine/operations/verify/verify.ts';
import {disturbEverywhere} from '../../helpers/disturb-readers.ts';
import {interruptCalls, replaceAllPacks} from '../../helpers/replace-packs.ts';
import {createRepositoryFixture, createStorageOf} from '../../helpers/repository-fixture.ts';
import {rotateByHand} from '../../helpers/rotate-by-hand.ts';
import {sessionOver} from '../../helpers/verify-assertions.ts';

test('verify, with all data: packs are replaced at any moment, and nothing is reported', async t => {
	const fixture = await createRepositoryFixture();
	const {checkedBytes} = await verify(fixture.session, {readData: 'all'});
	await disturbEverywhere(t, fixture, async session => {
		const summary = await verify(session, {readData: 'all'});
		t.deepEqual(summary.problems, []);
		t.true(summary.checkedBytes > checkedBytes * 0.9, `${summary.checkedBytes} of ${checkedBytes} bytes`);
	}, {step: 6});
});

test('verify without data, and of one snapshot: packs are replaced at any moment', async t => {
	const fixture = await createRepositoryFixture();
	await disturbEverywhere(t, fixture, async session => {
		t.deepEqual((await verify(session, {})).problems, []);
		t.deepEqual((await verify(session, {snapshots: fixture.snapshots.slice(3), readData: 'all'})).problems, []);
	}, {step: 8});
});

test('verify: at any call of the storage keys are rotated and packs are replaced, and nothing is reported', async t => {
	const fixture = await createRepositoryFixture();
	let calls = 0;
	const verifyDisturbed = async (moment: number) => {
		const inner = await createStorageOf(fixture.objects);
		const other = sessionOver(fixture, inner);
		const {problems} = await verify(sessionOver(fixture, interruptCalls(inner, async call => {
			calls = Math.max(call, calls);
			return call === moment ? replaceAllPacks(await rotateByHand(other)) : undefined;
		})), {readData: 'all'});
		t.deepEqual(problems, [], `before call ${moment}`);
	};

	await verifyDisturbed(0);
	const undisturbed = calls;
	let runs = 0;
	for (let moment = 1; moment <= undisturbed; moment += 3) {
		await verifyDisturbed(moment);
		runs++;
	}

	t.log(`${runs} of ${undisturbed} moments`);
});
