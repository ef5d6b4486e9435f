import {Buffer} from 'node:buffer';
import {closeSync, constants} from 'node:fs';
import path from 'node:path';
import type {AuditHead} from '../audit-head.ts';
import {CofferError, errorText} from '../errors.ts';
import {listAuditFiles, openRegular, readPart, type OpenAuditFile} from './audit-files.ts';
import {maximumLineBytes} from './entry-line.ts';

/** One line of the log, wherever it stands. */
export type LogLine = {
	/** Name of its file. */
	readonly file: string;
	/** In its file, from 1. */
	readonly number: number;
	/** Without its end; of a line that is far too long its beginning. */
	readonly bytes: Buffer;
	/** Whether it has no end: the last of its file, cut off. */
	readonly isTorn: boolean;
};

/** All files of a log as they were at one moment: what is written later is not seen. */
export type OpenLog = {
	/** Their names, oldest first. */
	readonly files: readonly string[];
	/** What this host remembers as the end. */
	readonly known?: AuditHead;
	/** All lines, oldest first. @throws what the system throws */
	lines(): Iterable<LogLine>;
	close(): void;
};

const partBytes = 256 * 1024;

/** @yields The lines of one file. */
function * linesOf(file: string, {descriptor, sizeBytes}: OpenAuditFile): Generator<LogLine> {
	let rest = Buffer.alloc(0);
	let number = 0;
	let offset = 0;
	while (offset < sizeBytes) {
		const part = readPart(descriptor, offset, Math.min(partBytes, sizeBytes - offset));
		if (part.byteLength === 0) {
			break;
		}

		offset += part.byteLength;
		let from = 0;
		for (let end = part.indexOf(0x0A); end !== -1; end = part.indexOf(0x0A, from)) {
			const line = part.subarray(from, end);
			yield {file, number: ++number, bytes: rest.byteLength === 0 ? line : Buffer.concat([rest, line]), isTorn: false};
			rest = Buffer.alloc(0);
			from = end + 1;
		}

		// So much is no entry in any case.
		rest = rest.byteLength > maximumLineBytes ? rest : Buffer.concat([rest, part.subarray(from)]);
	}

	if (rest.byteLength > 0) {
		yield {file, number: number + 1, bytes: rest, isTorn: true};
	}
}

/** Open one file that holds lines. @param file - Absolute. @throws `audit-failed` where it cannot be read */
export function openLines(file: string): Pick<OpenLog, 'lines' | 'close'> {
	try {
		const opened = openRegular(file, constants.O_RDONLY);
		return {
			lines: () => linesOf(path.basename(file), opened),
			close() {
				closeSync(opened.descriptor);
			},
		};
	} catch (error) {
		throw new CofferError('audit-failed', `${file} could not be read: ${errorText(error)}`, {context: {file}, cause: error});
	}
}

/** Open the files of a log. @param known - What this host remembers as the end. @throws what the system throws */
export function openLog(folder: string, known: AuditHead | undefined): OpenLog {
	const opened = new Map<string, OpenAuditFile>();
	const close = () => {
		for (const {descriptor} of opened.values()) {
			closeSync(descriptor);
		}

		opened.clear();
	};

	try {
		for (const name of listAuditFiles(folder)) {
			opened.set(name, openRegular(path.join(folder, name), constants.O_RDONLY));
		}
	} catch (error) {
		close();
		throw error;
	}

	return {
		files: [...opened.keys()],
		...(known && {known}),
		* lines() {
			for (const [name, file] of opened) {
				yield * linesOf(name, file);
			}
		},
		close,
	};
}
