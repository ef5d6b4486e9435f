import type {SnapshotId} from '../../ids.ts';
import {shortText} from './wording.ts';

export type ProblemKind = 'repository-file' | 'key-slot' | 'data-key' | 'index' | 'snapshot' | 'tombstone' | 'writer' | 'pruning-mark' | 'lock' | 'pack' | 'blob' | 'unknown';

/** Something wrong with one object of a repository, and what it hits. */
export type VerifyProblem = {
	/** Name of the object. Where a snapshot is gone: of the one that names it as its predecessor; where no pack has a part: the part's id; where an index object is gone: `index`. */
	readonly object: string;
	readonly kind: ProblemKind;
	/** Ids of the snapshots that are hit. */
	readonly snapshots: string[];
	/** Paths that cannot be restored, for people, at most `maximumListedFiles`. A directory whose list of entries is lost stands as `/its/path/ (everything below)`. */
	readonly files: string[];
	/** How many such paths there are in all, each counted once over all snapshots. */
	readonly filesTotal: number;
	/** What is wrong, what it hits, and what to do. */
	readonly message: string;
};

/** More paths than these are only counted. */
export const maximumListedFiles = 1000;

const losesFiles: ReadonlySet<ProblemKind> = new Set(['pack', 'blob']);

/** A problem while it is being looked into. */
export class Finding {
	readonly kind: ProblemKind;
	readonly object: string;
	/** Sentences. */
	readonly flaws = new Set<string>();
	readonly snapshots = new Set<SnapshotId>();
	readonly #files = new Set<string>();
	readonly #advice: string;

	constructor(kind: ProblemKind, object: string, advice: string) {
		this.kind = kind;
		this.object = object;
		this.#advice = advice;
	}

	/** A path that cannot be restored; kinds of problems by which no file is lost ignore it. */
	addFile(path: string): void {
		if (losesFiles.has(this.kind)) {
			this.#files.add(path);
		}
	}

	/** @param hasWalked - Whether it is known what the parts are needed for. */
	toProblem(hasWalked: boolean): VerifyProblem {
		const parts = [...this.flaws, ...(this.#effect(hasWalked)), this.#advice];
		return {
			object: this.object,
			kind: this.kind,
			snapshots: [...this.snapshots],
			files: [...this.#files].sort().slice(0, maximumListedFiles),
			filesTotal: this.#files.size,
			message: parts.filter(part => part !== '').join(' '),
		};
	}

	#effect(hasWalked: boolean): string[] {
		if (!losesFiles.has(this.kind)) {
			return [];
		}

		if (this.#files.size > 0) {
			return [`${shortText.files(this.#files.size)} of ${shortText.snapshots(this.snapshots.size)} cannot be restored from it.`];
		}

		return [hasWalked ? 'No snapshot that was verified loses a file by it.' : 'Which files it hits is not known.'];
	}
}

/** Collects what a verification finds: at most one problem an object. */
export class Findings {
	readonly #findings = new Map<string, Finding>();
	readonly #notes = new Set<string>();

	get isEmpty(): boolean {
		return this.#findings.size === 0;
	}

	get all(): Iterable<Finding> {
		return this.#findings.values();
	}

	get notes(): string[] {
		return [...this.#notes];
	}

	/**
	Something is wrong with an object; a second flaw of the same object is added to the first.
	@param flaw - A sentence.
	@param advice - What to do. @default what is usual for the kind
	*/
	add(kind: ProblemKind, object: string, flaw: string, advice: string = usualAdvice[kind]): Finding {
		let finding = this.#findings.get(object);
		if (finding === undefined) {
			finding = new Finding(kind, object, advice);
			this.#findings.set(object, finding);
		}

		finding.flaws.add(flaw);
		return finding;
	}

	find(object: string): Finding | undefined {
		return this.#findings.get(object);
	}

	/** Something worth knowing that is no damage. */
	note(text: string): void {
		this.#notes.add(text);
	}
}

const usualAdvice: Record<ProblemKind, string> = {
	'repository-file': 'Everything can be read without it. Put it back from a copy of the repository.',
	'key-slot': 'keys/ and keys-copy/ hold the same files: put it back from the other one, or from a copy of the repository.',
	'data-key': 'Put it back from a copy of the repository.',
	index: 'Nothing is lost by this as long as the packs that it named are there: they carry their own tables, which are used instead. Put it back from a copy of the repository.',
	snapshot: 'Put it back from a copy of the repository; without one this snapshot is lost. No other snapshot needs it.',
	tombstone: 'It only proves that a snapshot was forgotten on purpose; no file is lost by this. Put it back from a copy of the repository.',
	writer: 'It is the record of a run that is writing or died; no file is lost by this. If no backup is running, delete it.',
	'pruning-mark': 'No file is lost by this, but backups refuse to start while it cannot be read. If no prune is running, delete it.',
	lock: 'No file is lost by this, but nothing can be forgotten while it cannot be read. If no other run of coffer is deleting anything, delete it.',
	pack: 'Put it back from a copy of the repository. As long as the index names this pack, further backups here do not store its parts anew: if there is no copy, back up into a new repository.',
	blob: 'Put what is missing back from a copy of the repository, or back up again: the next backup stores the missing parts of files that are still there anew, which mends these snapshots, too.',
	unknown: 'No file is lost by this. Find out who put it there, and delete it if nobody needs it.',
};
