/*
Lines and blocks are drawn here and not taken from a font, as terminals do, so that they meet at the edges of their cells whatever the height of a line.
*/

/** Of a line character the weight towards left, up, right and down: 0 none, 1 light, 2 heavy, 3 double. */
const arms: Readonly<Record<string, string>> = {
	'─': '1010', '│': '0101', '┌': '0011', '┐': '1001', '└': '0110', '┘': '1100', '├': '0111', '┤': '1101', '┬': '1011', '┴': '1110', '┼': '1111', '╴': '1000', '╵': '0100', '╶': '0010', '╷': '0001',
	'━': '2020', '┃': '0202', '┏': '0022', '┓': '2002', '┗': '0220', '┛': '2200', '┣': '0222', '┫': '2202', '┳': '2022', '┻': '2220', '╋': '2222', '╸': '2000', '╹': '0200', '╺': '0020', '╻': '0002',
	'═': '3030', '║': '0303', '╔': '0033', '╗': '3003', '╚': '0330', '╝': '3300', '╠': '0333', '╣': '3303', '╦': '3033', '╩': '3330', '╬': '3333',
	'┠': '0212', '┨': '1202', '┯': '2021', '┷': '2120', '╾': '2010', '╼': '1020',
};

/** Corners with an arc: to the right (1) or left (-1), and down (1) or up (-1). */
const arcs: Readonly<Record<string, readonly [number, number]>> = {'╭': [1, 1], '╮': [-1, 1], '╯': [-1, -1], '╰': [1, -1]};

/** Blocks as parts of the cell: left, top, width, height. */
const eighths = (characters: string, part: (share: number) => readonly number[]): Array<[string, readonly number[]]> => [...characters].map((character, index) => [character, part((index + 1) / 8)]);
const blocks: Readonly<Record<string, readonly number[]>> = Object.fromEntries([
	...eighths('▁▂▃▄▅▆▇█', share => [0, 1 - share, 1, share]),
	...eighths('▏▎▍▌▋▊▉', share => [0, 0, share, 1]),
	['▀', [0, 0, 1, 0.5]], ['▐', [0.5, 0, 0.5, 1]], ['▔', [0, 0, 1, 1 / 8]], ['▕', [7 / 8, 0, 1 / 8, 1]], ['■', [0.1, 0.25, 0.8, 0.5]],
]);

const shades: Readonly<Record<string, number>> = {'░': 0.25, '▒': 0.5, '▓': 0.75};

/** Pixels. */
export type Box = {readonly x: number; readonly y: number; readonly width: number; readonly height: number};

/** The colours of a cell, #rrggbb. */
export type Look = {readonly ink: string; readonly paper: string};

const rectangle = ({x, y, width, height}: Box, colour: string, opacity = 1): string =>
	`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${colour}"${opacity < 1 ? ` fill-opacity="${opacity}"` : ''}/>`;

/** Pixels by weight; a double line is two light ones with a channel between them. */
const thicknesses = [0, 2, 4, 6];
const channel = 2;

/** A band from the middle of the cell to one of its edges, and so far beyond the middle that bands meet in a corner. Whole pixels, so that nothing is blurred where cells meet. */
function drawBand(cell: Box, side: number, thickness: number, colour: string): string {
	const isHorizontal = side % 2 === 0;
	const start = (length: number) => Math.round((length - thickness) / 2);
	const [left, top] = [cell.x + start(cell.width), cell.y + start(cell.height)];
	const [right, bottom] = [cell.x + cell.width, cell.y + cell.height];
	const x = side === 0 ? cell.x : left;
	const y = side === 1 ? cell.y : top;
	const width = isHorizontal ? (side === 0 ? left + thickness : right) - x : thickness;
	const height = isHorizontal ? thickness : (side === 1 ? top + thickness : bottom) - y;
	return rectangle({x, y, width, height}, colour);
}

function drawArms(cell: Box, weights: readonly number[], {ink, paper}: Look): string {
	const bands = weights.map((weight, side) => weight === 0 ? '' : drawBand(cell, side, thicknesses[weight]!, ink));
	const channels = weights.map((weight, side) => weight === 3 ? drawBand(cell, side, channel, paper) : '');
	return [...bands, ...channels].join('');
}

function drawArc(cell: Box, [right, down]: readonly [number, number], colour: string): string {
	const thickness = thicknesses[1]!;
	const [x, y] = [cell.x + Math.round((cell.width - thickness) / 2) + thickness / 2, cell.y + Math.round((cell.height - thickness) / 2) + thickness / 2];
	const edgeX = right > 0 ? cell.x + cell.width : cell.x;
	const edgeY = down > 0 ? cell.y + cell.height : cell.y;
	const radius = Math.abs(edgeX - x);
	return `<path d="M${edgeX} ${y}Q${x} ${y} ${x} ${y + down * radius}V${edgeY}" fill="none" stroke="${colour}" stroke-width="${thickness}"/>`;
}

/** The SVG of a line or block in its cell; `undefined` for characters that a font draws. */
export function drawBox(character: string, cell: Box, look: Look): string | undefined {
	const {ink: colour} = look;
	const arc = arcs[character];
	if (arc) {
		return drawArc(cell, arc, colour);
	}

	const shade = shades[character];
	if (shade !== undefined) {
		return rectangle(cell, colour, shade);
	}

	const block = blocks[character];
	if (block) {
		const [left, top, width, height] = block as [number, number, number, number];
		return rectangle({x: cell.x + left * cell.width, y: cell.y + top * cell.height, width: width * cell.width, height: height * cell.height}, colour);
	}

	const weights = arms[character];
	return weights && drawArms(cell, [...weights].map(Number), look);
}
