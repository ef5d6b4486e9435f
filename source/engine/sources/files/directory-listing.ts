import {lstatSync, readdirSync, readFileSync} from 'node:fs';
import {fromText, joinPath, toPath, type ByteString} from '../../byte-string.ts';
import type {FilesSource} from '../source.ts';
import {cacheTagName, isCacheDirectory} from './cache-directory.ts';
import type {DirectoryPlace} from './directory-place.ts';
import type {Exclusion} from './exclusion.ts';

const maximumIgnoreFileBytes = 1024 * 1024;

function addIgnoreFile(place: DirectoryPlace, name: ByteString, exclusion: Exclusion): Exclusion {
	const file = toPath(joinPath(place.systemPath, name));
	const stats = lstatSync(file);
	return stats.isFile() && stats.size <= maximumIgnoreFileBytes ? exclusion.with(place.path, readFileSync(file, 'utf8')) : exclusion;
}

/**
The names in a directory in byte order, excluded ones among them, and the rules that hold in it. Of a cache directory only its tag is listed.
@throws System errors.
*/
export function listDirectory(place: DirectoryPlace, source: FilesSource, inherited: Exclusion): {names: ByteString[]; exclusion: Exclusion} {
	const names = readdirSync(toPath(place.systemPath), 'latin1') as ByteString[];
	if ((source.excludeCaches ?? true) && names.includes(cacheTagName) && isCacheDirectory(place.systemPath)) {
		return {names: [cacheTagName], exclusion: inherited};
	}

	let exclusion = inherited;
	for (const fileName of source.ignoreFiles ?? []) {
		const name = fromText(fileName);
		if (names.includes(name)) {
			exclusion = addIgnoreFile(place, name, exclusion);
		}
	}

	return {names: names.sort(), exclusion};
}
