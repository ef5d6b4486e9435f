import {performance} from 'node:perf_hooks';
import gifenc from 'gifenc';
import type {Terminal} from '../helpers/terminal.ts';
import {drawScreen, screenOf, type Screen} from './draw-screen.ts';
import {rasterize, type Picture} from './raster.ts';

const {applyPalette, GIFEncoder: createEncoder, quantize} = gifenc;

/** A screen, and how long it is seen. */
export type Frame = {readonly screen: Screen; readonly delayMs: number};

/** How long a screen is seen, in milliseconds. */
const shortestMs = 60;
const longestMs = 1200;
/** What stands at the end. */
const lastMs = 3000;

/** Collects what a terminal shows, with the time that it really took: longer waits are cut, and screens that nobody could have seen are left out. */
export class Recorder {
	readonly #terminal: Terminal;
	readonly #now: () => number;
	readonly #frames: Array<{screen: Screen; key: string; atMs: number; holdMs: number}> = [];
	readonly #stop: () => void;

	/** @param now - Milliseconds from any start. @default the system's clock that never runs backwards */
	constructor(terminal: Terminal, now: () => number = () => performance.now()) {
		this.#terminal = terminal;
		this.#now = now;
		this.#stop = terminal.onChange(() => {
			this.#look();
		});
		this.#look();
	}

	/** Let what is seen now be seen for so long, without waiting for it. */
	hold(durationMs: number): void {
		this.#look();
		this.#frames.at(-1)!.holdMs += durationMs;
	}

	/** End the recording. */
	frames(): Frame[] {
		this.#stop();
		const frames: Frame[] = [];
		for (const [index, {screen, atMs, holdMs}] of this.#frames.entries()) {
			const next = this.#frames[index + 1];
			const seenMs = next === undefined ? Infinity : next.atMs - atMs;
			if (holdMs > 0 || seenMs >= shortestMs) {
				frames.push({screen, delayMs: Math.max(holdMs, Math.min(next === undefined ? lastMs : longestMs, Math.max(shortestMs, seenMs)))});
			}
		}

		return frames;
	}

	#look(): void {
		const screen = screenOf(this.#terminal);
		const key = JSON.stringify(screen);
		if (key !== this.#frames.at(-1)?.key) {
			this.#frames.push({screen, key, atMs: this.#now(), holdMs: 0});
		}
	}
}

/** The colours that all frames share. */
function sharedPalette(pictures: readonly Picture[]): number[][] {
	// A handful of frames has every colour of a program.
	const step = Math.max(1, Math.floor(pictures.length / 8));
	const sample = pictures.filter((_, index) => index % step === 0 || index === pictures.length - 1).map(({pixels}) => pixels);
	return quantize(Buffer.concat(sample), 255, {format: 'rgb565'});
}

/** An endless GIF. Of each frame only what differs from the one before is stored. */
export function encodeAnimation(frames: readonly Frame[]): Uint8Array {
	const pictures = frames.map(({screen}) => rasterize(drawScreen(screen, {radius: 0})));
	const palette = sharedPalette(pictures);
	const unchanged = palette.length;
	const encoder = createEncoder();
	let shown: Uint8Array | undefined;
	for (const [index, {width, height, pixels}] of pictures.entries()) {
		const indexes = applyPalette(pixels, palette, 'rgb565');
		const before = shown;
		const stored = before === undefined ? indexes : indexes.map((colour, at) => colour === before[at] ? unchanged : colour);
		encoder.writeFrame(stored, width, height, {
			...(before === undefined ? {palette: [...palette, [0, 0, 0]]} : {transparent: true, transparentIndex: unchanged}), delay: frames[index]!.delayMs, dispose: 1,
		});
		shown = indexes;
	}

	encoder.finish();
	return encoder.bytes();
}
