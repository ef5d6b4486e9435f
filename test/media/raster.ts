import {createRequire} from 'node:module';
import path from 'node:path';
import process from 'node:process';
import type * as Resvg from '@resvg/resvg-js';

const require = createRequire(import.meta.url);
const fontFolder = path.join(path.dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf');
const fontFiles = ['DejaVuSansMono.ttf', 'DejaVuSansMono-Bold.ttf', 'DejaVuSansMono-Oblique.ttf', 'DejaVuSansMono-BoldOblique.ttf', 'DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map(file => path.join(fontFolder, file));

function loadResvg(): typeof Resvg | undefined {
	try {
		return require('@resvg/resvg-js') as typeof Resvg;
	} catch {
		return undefined;
	}
}

const resvg = loadResvg();

/** What keeps this machine from drawing pictures; `undefined` where nothing does. For `optionalTest`. */
export const rasterLack: string | undefined = resvg === undefined ? `no resvg for ${process.platform} ${process.arch}` : undefined;

/** Red, green, blue and opacity of each pixel, line by line. */
export type Picture = {readonly width: number; readonly height: number; readonly pixels: Uint8Array};

/** @throws Where `rasterLack` tells. */
export function rasterize(svg: string): Picture {
	if (resvg === undefined) {
		throw new Error(rasterLack);
	}

	const {width, height, pixels} = new resvg.Resvg(svg, {font: {loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans Mono'}}).render();
	return {width, height, pixels};
}
