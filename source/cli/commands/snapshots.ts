import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {formatAge, formatBytes, formatCount, formatTime} from '../../text/format.ts';
import {snapshotToJson} from '../snapshot-json.ts';
import {isPath, resolveReference} from '../source-requests.ts';

/** `coffer snapshots`. A snapshot that cannot be read is named and makes the exit code 13; the others are listed all the same. */
export async function snapshots(context: CommandContext): Promise<number> {
	const {arguments: flags, cwd, output, runtime} = context;
	const engine = await openEngine(context, createEventPrinter(context).listener);
	try {
		const {snapshots: all, problems, verifications} = await context.interruptible(async signal => engine.listSnapshots({signal}));
		const named = flags.text('source');
		const source = named !== undefined && isPath(named) ? resolveReference(`latest:${named}`, cwd).slice('latest:'.length) : named;
		const chosen = all.filter(snapshot => source === undefined || snapshot.source === source);
		output.value(chosen.map(snapshot => snapshotToJson(snapshot, verifications)));
		if (chosen.length > 0) {
			await output.table(['ID', 'TAKEN', 'SOURCE', 'CLASS', 'HOST', 'FILES', 'SIZE', 'STORED', 'VERIFIED'], chosen.map(({id, time, source: name, class: backupClass, host, statistics: {files, bytes, storedBytes}}) => [
				id.slice(0, 8), formatTime(time), name, backupClass, host, formatCount(files), formatBytes(bytes), formatBytes(storedBytes), formatAge(verifications.get(id)?.time, runtime.now()),
			]), {right: [5, 6, 7]});
		} else {
			output.note(source === undefined ? 'No snapshots yet.' : `No snapshots of "${source}".`);
		}

		for (const {message} of problems) {
			output.warn(message);
		}

		return problems.length > 0 ? 13 : 0;
	} finally {
		await engine.close();
	}
}
