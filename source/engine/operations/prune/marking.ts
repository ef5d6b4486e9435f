import type {PackId, WriterId} from '../../ids.ts';
import {encodePruningMark, pruningMarkName, writeMetadata, type PruningMark, type RepositorySession, type RunningWriters} from '../../repository/repository.ts';
import type {Marks} from './survey.ts';

/** The ids of all runs that write, or may: also of those whose records cannot be read. */
export function presentWriters({writers, problems}: RunningWriters): ReadonlySet<WriterId> {
	const unread = problems.flatMap(({object}) => /^writers\/(?<id>[\da-f]{32})$/.exec(object)?.groups?.['id'] ?? []);
	return new Set([...writers.map(({id}) => id), ...unread as WriterId[]]);
}

/** Where runs are, for people. */
export function describeRunning({writers, problems}: RunningWriters): string {
	return [...writers.map(({process: {host, pid}}) => `process ${pid} on ${host}`), ...problems.map(({object}) => `whoever wrote ${object}, which cannot be read`)].join(', ');
}

/**
The marks of packs that are to be deleted. The first one that names a pack stands until that has gone: at no moment a run that begins can fail to see it. One that names the runs which were there then is put beside it.
*/
export class Marking {
	readonly #session: RepositorySession;
	readonly #marks: Marks;

	constructor(session: RepositorySession, marks: Marks) {
		this.#session = session;
		this.#marks = marks;
	}

	/** Every pack that is marked. */
	get packs(): ReadonlySet<PackId> {
		return new Set([...this.#marks.values()].flatMap(({packs}) => packs));
	}

	/** Mark those that are not. Whoever begins to write after this does not rely on them. */
	async mark(packs: Iterable<PackId>): Promise<void> {
		const marked = this.packs;
		await this.#write([...packs].filter(id => !marked.has(id)));
	}

	/** Which packs no run relies on that writes now: all those were there when the packs had been marked have gone. */
	ripe(packs: Iterable<PackId>, present: ReadonlySet<WriterId>): ReadonlySet<PackId> {
		const ripe = new Set([...this.#marks.values()].flatMap(({packs: marked, writers}) => writers?.every(id => !present.has(id)) ? marked : []));
		return new Set([...packs].filter(id => present.size === 0 || ripe.has(id)));
	}

	/** Note which runs marked packs wait for, where that is not known. */
	async noteWriters(packs: Iterable<PackId>, present: ReadonlySet<WriterId>): Promise<void> {
		const waiting = new Set([...this.#marks.values()].flatMap(({packs: marked, writers}) => writers ? marked : []));
		await this.#write([...packs].filter(id => !waiting.has(id)), [...present]);
	}

	/** The names of marks that say nothing of the packs that still wait. */
	spent(waiting: ReadonlySet<PackId>): string[] {
		return [...this.#marks].filter(([, {packs}]) => packs.every(id => !waiting.has(id))).map(([name]) => name);
	}

	async #write(packs: readonly PackId[], writers?: readonly WriterId[]): Promise<void> {
		if (packs.length > 0) {
			const name = pruningMarkName(this.#session.runtime.randomBytes(16).toString('hex'));
			const mark: PruningMark = {packs, ...(writers && {writers})};
			await writeMetadata(this.#session, 'pruningMark', name, encodePruningMark(mark));
			this.#marks.set(name, mark);
		}
	}
}
