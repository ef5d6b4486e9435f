import path from 'node:path';
import {toSourceName} from './source-name.ts';

/** More paths are too many for one source that nobody has looked at. */
const maximumPaths = 200;

/** What was found in a folder. */
export type FoundPath = {readonly root: string; readonly path: string};

/** The folder that holds all of these. */
function commonFolder(paths: readonly string[]): string {
	let common = path.dirname(paths[0]!);
	for (const one of paths) {
		while (common !== '/' && !`${one}/`.startsWith(`${common}/`)) {
			common = path.dirname(common);
		}
	}

	return common;
}

export type PathGroup = {readonly name: string; readonly paths: readonly string[]};

/**
One source for all that lies under one folder: under each root, or under each folder in it where that is somebody's own.
@param kind - The first part of each name.
@param isPersonal - Whether the folders in a root are each another person's or program's.
*/
export function groupPaths(found: readonly FoundPath[], kind: string, isPersonal: (root: string) => boolean): PathGroup[] {
	const groups = new Map<string, {readonly isOwn: boolean; readonly paths: string[]}>();
	for (const {root, path: one} of found) {
		const [first = '', ...rest] = path.relative(root, one).split('/');
		const isOwn = isPersonal(root) && rest.length > 0;
		const folder = isOwn ? path.join(root, first) : root;
		const group = groups.get(folder) ?? {isOwn, paths: []};
		group.paths.push(one);
		groups.set(folder, group);
	}

	return [...groups].toSorted(([a], [b]) => Number(a > b) - Number(a < b)).map(([folder, {isOwn, paths}]) => {
		const common = commonFolder(paths);
		const name = toSourceName(path.basename(isOwn || common.length < folder.length ? folder : common), kind);
		return {name: name === kind ? kind : `${kind}-${name}`, paths: paths.toSorted().slice(0, maximumPaths)};
	});
}
