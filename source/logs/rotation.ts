import {closeSync, constants, fstatSync, openSync, readSync, renameSync, rmSync, statSync} from 'node:fs';
import {systemErrorCode} from '../engine/index.ts';
import {listAside} from './log-files.ts';
import type {LogSettings} from './settings.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** A log is begun anew when its first line is older than this, in milliseconds. */
export const longestLogMs = 7 * dayMs;
/** All that was put aside of a log may be so many times as large as the log itself; beyond that the oldest goes, however young. */
const keptSizes = 20;
const lookedAtBytes = 64 * 1024;

function timeOf(line: string): number | undefined {
	const time = /"time":"(?<time>[^"]{10,40})"/.exec(line)?.groups?.['time'];
	const timeMs = time === undefined ? Number.NaN : Date.parse(time);
	return Number.isNaN(timeMs) ? undefined : timeMs;
}

function readPiece(descriptor: number, position: number): string {
	const bytes = Buffer.alloc(lookedAtBytes);
	return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, position));
}

/** When the first line of an open log was written, in milliseconds since 1970; `undefined` where it does not say. */
export function firstLineMs(descriptor: number): number | undefined {
	return timeOf(readPiece(descriptor, 0).split('\n', 1)[0]!);
}

/** When the last line of a log was written: as it says itself, else as the file system does. */
function lastLineMs(file: string): number {
	const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	try {
		const {size, mtimeMs} = fstatSync(descriptor);
		const times = readPiece(descriptor, Math.max(0, size - lookedAtBytes)).split('\n').map(line => timeOf(line));
		return times.findLast(timeMs => timeMs !== undefined) ?? mtimeMs;
	} finally {
		closeSync(descriptor);
	}
}

/**
Put a log aside under the next number. Several processes may try at once: each takes a number of its own by making an empty file, and only what still lies under the log's name is moved there, so that nothing is ever moved over another log.
@param inode - Of the log that is meant. Where another one lies there by now nothing is done
@returns Where it lies now; `undefined` where another process was faster
@throws what the system throws
*/
export function putAside(file: string, inode: number): string | undefined {
	for (let number = (listAside(file).at(-1)?.number ?? 0) + 1; ; number++) {
		const aside = `${file}.${number}`;
		try {
			closeSync(openSync(aside, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600));
		} catch (error) {
			if (systemErrorCode(error) === 'EEXIST') {
				continue;
			}

			throw error;
		}

		let isMoved = false;
		try {
			if (statSync(file, {throwIfNoEntry: false})?.ino === inode) {
				renameSync(file, aside);
				isMoved = true;
			}
		} catch (error) {
			if (systemErrorCode(error) !== 'ENOENT') {
				throw error;
			}
		} finally {
			if (!isMoved) {
				rmSync(aside, {force: true});
			}
		}

		return isMoved ? aside : undefined;
	}
}

/**
Delete what was put aside and is too old, or too much. Ages count from the last line of the log that was put aside just now, at most from now: a clock that was put forward makes no log old before it has been wrong for the whole time that a log lives.
@param aside - What `putAside` gave.
@throws what the system throws
*/
export function deleteOld(file: string, {aside, nowMs, settings}: {readonly aside: string; readonly nowMs: number; readonly settings: LogSettings}): void {
	const untilMs = Math.min(nowMs, lastLineMs(aside));
	let bytes = 0;
	for (const {file: other} of listAside(file).reverse()) {
		try {
			bytes += statSync(other).size;
			const isOld = other !== aside && untilMs - lastLineMs(other) > settings.days * dayMs;
			const isTooMuch = other !== aside && bytes > keptSizes * settings.sizeBytes;
			if (isOld || isTooMuch) {
				rmSync(other, {force: true});
			}
		} catch (error) {
			if (systemErrorCode(error) !== 'ENOENT') {
				throw error;
			}
		}
	}
}
