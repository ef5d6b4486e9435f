import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {crc32, inflateSync} from 'node:zlib';
import test from 'ava';
import {optionalTest} from '../helpers/optional-test.ts';
import {ptyLack} from '../helpers/pty.ts';
import type {Cell} from '../helpers/screen-cells.ts';
import {openTerminal} from '../helpers/terminal.ts';
import {encodeAnimation, Recorder} from './animation.ts';
import {cellHeight, cellWidth, drawScreen, margin} from './draw-screen.ts';
import {demoHost, demoUser} from './neutral-host.ts';
import {encodePng} from './png.ts';
import {rasterize, rasterLack, type Picture} from './raster.ts';
import {scenes, sizeLimit} from './scenes.ts';
import {background, foreground, mixColours, resolveColour} from './theme.ts';

const plain: Cell = {
	text: '', width: 1, foreground: undefined, background: undefined, isBold: false, isDim: false, isItalic: false, isUnderlined: false, isStruck: false, isInverse: false, isInvisible: false,
};

const toCells = (lines: readonly string[]): Cell[][] => lines.map(line => [...line].map(text => ({...plain, text})));
const draw = (cells: Cell[][], cursor?: {x: number; y: number}): Picture => rasterize(drawScreen({cells, ...(cursor && {cursor})}));

function colourAt({width, pixels}: Picture, x: number, y: number): string {
	const at = (y * width + x) * 4;
	return `#${[...pixels.subarray(at, at + 3)].map(part => part.toString(16).padStart(2, '0')).join('')}`;
}

/** The colour in the upper left of a cell, where letters have no ink. */
const paperOf = (picture: Picture, column: number, row = 0): string => colourAt(picture, margin + column * cellWidth + 1, margin + row * cellHeight + 1);

/** Whether a flood of the background from the picture's edge reaches the upper left of the middle one of 5 × 5 cells, which no line of a box covers. */
function isMiddleReached(picture: Picture): boolean {
	const {width, height} = picture;
	const reached = new Set<number>();
	const open = [Math.floor(width / 2)];
	for (let at = open.pop(); at !== undefined; at = open.pop()) {
		const [x, y] = [at % width, Math.floor(at / width)];
		if (x < 0 || y < 0 || y >= height || reached.has(at) || colourAt(picture, x, y) !== background) {
			continue;
		}

		reached.add(at);
		open.push(at - width, at + width, ...(x > 0 ? [at - 1] : []), ...(x < width - 1 ? [at + 1] : []));
	}

	return reached.has((margin + 2 * cellHeight + 3) * width + margin + 2 * cellWidth + 1);
}

const drawMiddle = (lines: readonly string[]): Picture => draw(toCells([' '.repeat(5), ...lines.map(line => ` ${line} `), ' '.repeat(5)]));

optionalTest(rasterLack, 'lines meet: no gap leads into a box, whatever its style', t => {
	const boxes = ['┌─┐│ │└─┘', '┏━┓┃ ┃┗━┛', '╔═╗║ ║╚═╝', '╭─╮│ │╰─╯', '┌┬┐├┼┤└┴┘', '╔╦╗╠╬╣╚╩╝', '┏┳┓┣╋┫┗┻┛'];
	for (const box of boxes) {
		const picture = drawMiddle(box.match(/.{3}/g) ?? []);
		t.is(paperOf(picture, 2, 2), background);
		t.false(isMiddleReached(picture), box);
	}

	t.true(isMiddleReached(drawMiddle(['┌─┐', '│ │', '└ ┘'])));
	t.log(`${boxes.length} boxes`);
});

optionalTest(rasterLack, 'colours, inverse, dim, the cursor; a wide character takes two places', t => {
	const picture = draw([[
		{...plain, background: 1}, {...plain, background: '#0102ff'}, {...plain, background: 200}, {...plain, isInverse: true}, {...plain, foreground: 2, background: 3, isInverse: true},
		plain, {...plain, text: '漢', width: 2, background: 4}, {...plain, width: 0, background: 4}, {...plain, text: '█', isDim: true}, {...plain, text: '<', background: 5}, {...plain, text: '█', isInvisible: true}, plain,
	]], {x: 5, y: 0});
	t.deepEqual(Array.from({length: 12}, (_, column) => paperOf(picture, column)), [
		resolveColour(1, ''), '#0102ff', '#ff00d7', foreground, resolveColour(2, ''), foreground, resolveColour(4, ''), resolveColour(4, ''), mixColours(foreground, background, 0.45), resolveColour(5, ''), background, background,
	]);
});

test('the palette of xterm: cube and greys', t => {
	t.deepEqual([16, 21, 46, 196, 231, 232, 255].map(index => resolveColour(index, '')), ['#000000', '#0000ff', '#00ff00', '#ff0000', '#ffffff', '#080808', '#eeeeee']);
	t.is(resolveColour(undefined, foreground), foreground);
});

/** The chunks of a PNG, each with its check proven. */
function readChunks(png: Buffer): Map<string, Buffer> {
	const chunks = new Map<string, Buffer>();
	for (let start = 8; start < png.length;) {
		const end = start + 8 + png.readUInt32BE(start);
		const body = png.subarray(start + 4, end);
		if (crc32(body) !== png.readUInt32BE(end)) {
			throw new Error('a chunk with a wrong check');
		}

		chunks.set(body.toString('latin1', 0, 4), body.subarray(4));
		start = end + 4;
	}

	return chunks;
}

optionalTest(rasterLack, 'a PNG has every pixel of the picture', t => {
	const picture = draw([[{...plain, background: 1}, {...plain, background: 2}, {...plain, text: '█'}]]);
	const png = encodePng(picture);
	const chunks = readChunks(png);
	t.deepEqual([...chunks.keys()], ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
	t.deepEqual([chunks.get('IHDR')!.readUInt32BE(0), chunks.get('IHDR')!.readUInt32BE(4)], [picture.width, picture.height]);
	const lines = inflateSync(chunks.get('IDAT')!);
	t.is(lines.length, picture.height * (picture.width + 1));
	const y = margin + 5;
	const shown = [0, 1, 2].map(column => {
		const index = lines[y * (picture.width + 1) + 1 + margin + column * cellWidth + 5]!;
		return `#${chunks.get('PLTE')!.toString('hex', index * 3, index * 3 + 3)}`;
	});
	// The palette has four bits a colour at least.
	for (const [column, colour] of shown.entries()) {
		const wanted = colourAt(picture, margin + column * cellWidth + 5, y);
		t.true([1, 3, 5].every(start => Math.abs(Number.parseInt(colour.slice(start, start + 2), 16) - Number.parseInt(wanted.slice(start, start + 2), 16)) <= 16), `${colour} for ${wanted}`);
	}
});

/** The delays of a GIF's frames, in milliseconds: of each graphic control extension. */
function readDelays(gif: Buffer): number[] {
	const delays: number[] = [];
	for (let at = gif.indexOf('21f904', 0, 'hex'); at !== -1; at = gif.indexOf('21f904', at + 8, 'hex')) {
		delays.push(gif.readUInt16LE(at + 4) * 10);
	}

	return delays;
}

optionalTest(ptyLack ?? rasterLack, 'an animation: only screens that differ, as long as they were seen or held', async t => {
	const script = 'stty -echo; for word in one two three; do read key; printf "$word "; done; read key';
	const terminal = openTerminal(t, {command: ['/bin/sh', '-c', script], environment: {PATH: '/usr/bin:/bin'}, cwd: '/', columns: 20, rows: 3});
	await terminal.waitFor(/^$/m);
	let nowMs = 0;
	const recorder = new Recorder(terminal, () => nowMs);
	recorder.hold(500);
	for (const [word, seenMs] of [['one', 20], ['two', 5000], ['three', 100]] as const) {
		terminal.press('enter');
		await terminal.waitFor(word);
		nowMs += seenMs;
	}

	const frames = recorder.frames();
	terminal.press('enter');
	await terminal.exited;
	// One was gone before anybody could have seen it, two stood long.
	t.deepEqual(frames.map(({screen}) => screen.cells[0]!.map(({text}) => text).join('')), ['', 'one two ', 'one two three ']);
	const delays = frames.map(({delayMs}) => delayMs);
	t.deepEqual(delays, [500, 1200, 3000]);
	const gif = Buffer.from(encodeAnimation(frames));
	t.is(gif.toString('latin1', 0, 6), 'GIF89a');
	t.deepEqual([gif.readUInt16LE(6), gif.readUInt16LE(8)], [20 * cellWidth + 2 * margin, 3 * cellHeight + 2 * margin]);
	t.deepEqual(readDelays(gif), delays);
	t.log(`${frames.length} frames, ${gif.length} bytes`);
});

test('media/ holds the pictures of all scenes and no others, small enough, and the README shows them', t => {
	const folder = path.resolve(import.meta.dirname, '../../media');
	const files = readdirSync(folder).toSorted();
	t.deepEqual(files, scenes.map(({file}) => file).toSorted());
	const readme = readFileSync(path.join(folder, '../README.md'), 'utf8');
	for (const file of files) {
		const bytes = readFileSync(path.join(folder, file));
		// Both formats tell their width early.
		const width = file.endsWith('.gif') ? bytes.readUInt16LE(6) : bytes.readUInt32BE(16);
		t.true(width <= 1400 && bytes.length <= sizeLimit(file), file);
		t.true(readme.includes(`(media/${file})`), file);
	}

	t.log(`${files.length} pictures`);
});

test('pictures show neither this machine\'s name nor the user\'s', t => {
	const shown = execFileSync(process.execPath, ['--import', path.join(import.meta.dirname, 'neutral-host.ts'), '--input-type=module', '--eval', 'import {hostname, userInfo} from "node:os"; console.log(hostname(), userInfo().username)'], {encoding: 'utf8'});
	t.is(shown, `${demoHost} ${demoUser}\n`);
});
