/* Makes the pictures of media/ from the built program: `npm run media`, or `npm run media -- NAME…` for some of them. Ends with 1 when a scene fails, and shows the screen on which it did. */
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {Terminal} from '../helpers/terminal.ts';
import {encodeAnimation, Recorder} from './animation.ts';
import {DemoServer} from './demo-server.ts';
import {drawScreen, screenOf} from './draw-screen.ts';
import {encodePng} from './png.ts';
import {rasterize} from './raster.ts';
import {scenes, sizeLimit, type Scene, type Step} from './scenes.ts';

/** The one path that pictures show. */
const demoFolder = '/tmp/vault01';
const mediaFolder = path.resolve(import.meta.dirname, '../../media');
/** Between two letters that are typed. */
const letterMs = 70;

async function play(terminal: Terminal, recorder: Recorder, steps: readonly Step[]): Promise<void> {
	for (const step of steps) {
		if ('see' in step) {
			await terminal.waitFor(step.see, {timeoutMs: 30_000});
		} else if ('hold' in step) {
			recorder.hold(step.hold);
		} else if ('press' in step) {
			terminal.press(...step.press);
		} else {
			for (let length = 1; length <= step.type.length; length++) {
				terminal.type(step.type[length - 1]!);
				await terminal.waitFor(step.type.slice(0, length));
				recorder.hold(letterMs);
			}
		}
	}
}

function encode(scene: Scene, terminal: Terminal, recorder: Recorder): Uint8Array {
	return scene.file.endsWith('.gif') ? encodeAnimation(recorder.frames()) : encodePng(rasterize(drawScreen(screenOf(terminal))));
}

async function make(scene: Scene, server: DemoServer): Promise<void> {
	const terminal = new Terminal({
		command: scene.start === 'shell' ? ['/bin/sh', '-i'] : [...server.command, ...scene.start],
		columns: scene.columns,
		rows: scene.rows,
		environment: {...server.environment, PS1: '$ '},
		cwd: server.path(),
	});
	try {
		const recorder = new Recorder(terminal);
		await play(terminal, recorder, scene.steps);
		const bytes = encode(scene, terminal, recorder);
		if (bytes.length > sizeLimit(scene.file)) {
			throw new Error(`${bytes.length} bytes are more than ${sizeLimit(scene.file)}`);
		}

		mkdirSync(mediaFolder, {recursive: true});
		writeFileSync(path.join(mediaFolder, scene.file), bytes);
		console.log(`media/${scene.file}: ${bytes.length} bytes`);
	} finally {
		await terminal.close();
	}
}

let server: DemoServer | undefined;
process.on('exit', () => {
	server?.remove();
});
process.once('SIGINT', () => {
	process.exit(130);
});

const names = process.argv.slice(2);
for (const scene of scenes.filter(({file}) => names.length === 0 || names.some(name => file.startsWith(name)))) {
	server ??= await DemoServer.create(demoFolder);
	try {
		await make(scene, server);
	} catch (error) {
		console.error(`media/${scene.file}: ${(error as Error).message}`);
		process.exitCode = 1;
	}

	// Animations back up and restore; pictures only look.
	if (!scene.file.endsWith('.gif')) {
		continue;
	}

	server.remove();
	server = undefined;
}
