import {constants, openSync} from 'node:fs';
import {fromText, joinPath, toExactText, toPath, type ByteString} from '../../byte-string.ts';

/** A directory of the source, and how to reach it. */
export type DirectoryPlace = {
	readonly name: ByteString;
	/** From `/`, for rules and messages. */
	readonly path: ByteString;
	/** What system calls take: the path, or where that is too long or not UTF-8, one that begins at a descriptor. */
	readonly systemPath: ByteString;
	/** The descriptor that `systemPath` begins at; whoever is done with the directory closes it. */
	readonly descriptor?: number;
};

/** Longer paths are continued from a descriptor: the kernel takes 4,096 bytes at once. */
const longPathBytes = 2048;

/** The place of a directory below another one. */
export function placeWithin(parent: DirectoryPlace, name: ByteString): DirectoryPlace {
	const path = joinPath(parent.path, name);
	const place = {name, path, systemPath: parent.systemPath === parent.path ? path : joinPath(parent.systemPath, name)};
	// Extended attributes are read by paths in UTF-8 only: from a descriptor on, the names above do not matter.
	if (place.systemPath.length <= longPathBytes && toExactText(place.systemPath) !== undefined) {
		return place;
	}

	try {
		const descriptor = openSync(toPath(place.systemPath), constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
		return {...place, systemPath: fromText(`/proc/self/fd/${descriptor}/.`), descriptor};
	} catch {
		// Listing it will fail in the same way, and say so.
		return place;
	}
}
