import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import test from 'ava';
import {CofferError} from '../../../source/engine/errors.ts';
import {pipeProgram, type PipeOptions} from '../../../source/engine/programs/pipe-program.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {createByteStream, createTestRuntime} from '../../helpers/test-runtime.ts';

const context = {runtime: createTestRuntime(), log() {
	// What programs say is not what is tested.
}};

function pipe(script: string, input: AsyncIterable<Uint8Array>, options: PipeOptions = {}): AsyncGenerator<Buffer, void> {
	return pipeProgram({program: '/bin/sh', arguments: ['-c', script], what: 'The trial'}, context, input, options);
}

async function hashOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
	const hash = createHash('sha256');
	for await (const piece of pieces) {
		hash.update(piece);
	}

	return hash.digest('hex');
}

type InputState = {pieces: number; hasEnded: boolean};
const createState = (): InputState => ({pieces: 0, hasEnded: false});

/** @yields More than all pipes hold, each piece written over when the next is asked for. */
async function * createInput(state: InputState = createState()): AsyncGenerator<Uint8Array> {
	const random = createByteStream('pipe');
	const buffer = Buffer.alloc(50_000);
	try {
		for (; state.pieces < 100; state.pieces++) {
			random(buffer.byteLength).copy(buffer);
			yield buffer;
		}
	} finally {
		state.hasEnded = true;
		buffer.fill(0);
	}
}

test('what a program makes of the input comes whole, also where it is slow to take', async t => {
	t.is(await hashOf(pipe('exec cat', createInput())), await hashOf(createInput()));
});

test('an input that fails ends the program, and is what is told', async t => {
	await refusesAsync(t, async () => hashOf(pipe('exec cat', (async function * () {
		yield Buffer.alloc(500_000);
		throw new CofferError('damaged', 'The dump is damaged.');
	})())), 'damaged', /The dump is damaged/);
});

test('a program that fails, or ends before it has read everything, is no success, unless it may leave the rest', async t => {
	const state = createState();
	const failed = await refusesAsync(t, async () => hashOf(pipe('head -c 10 >/dev/null; echo its words >&2; exit 3', createInput(state))), 'source-failed', /exit code 3: its words/);
	t.is(failed.context['exitCode'], 3);
	t.true(state.hasEnded);
	t.true(state.pieces < 100);
	await refusesAsync(t, async () => hashOf(pipe('head -c 10', createInput())), 'source-failed', /before it had read everything/);
	await t.notThrowsAsync(async () => hashOf(pipe('head -c 10', createInput(), {mayLeaveInput: true})));
});

test('who stops early ends the program and the input', async t => {
	const state = createState();
	const pieces = pipe('exec cat', createInput(state));
	t.true((await pieces.next()).value!.byteLength > 0);
	await pieces.return();
	t.true(state.hasEnded);
	t.true(state.pieces < 100);
});
