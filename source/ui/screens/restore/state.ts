import path from 'node:path';
import type {OverwritePolicy, SnapshotId, StoredSnapshot} from '../../../engine/index.ts';
import {formatTime} from '../../../text/format.ts';
import {Errands} from '../../errands.ts';
import {noMarks, type Marks} from './marks.ts';
import {createPicking, toSnapshot, type Picking} from './pick/picking.ts';
import type {Preview} from './preview/preview.ts';

/** The steps, in their order. */
export const restoreSteps = ['snapshot', 'pick', 'target', 'preview', 'run'] as const;
export type RestoreStep = typeof restoreSteps[number];

/** Restore: from the choice of a snapshot to the result. */
export type RestoreScreen = {
	readonly kind: 'restore';
	readonly name: string;
	readonly host: string;
	/** Of the source, the newest first. */
	readonly snapshots: readonly StoredSnapshot[];
	/** What the screen has under way. */
	readonly errands: Errands;
	readonly step: RestoreStep;
	/** The one that is chosen; at the first step the one that the cursor is on. */
	readonly snapshot: SnapshotId;
	/** From the second step on. */
	readonly picking?: Picking;
	/** What is to be restored; from the third step on. */
	readonly chosen: Marks;
	/** Where restored files go unless somebody says otherwise. */
	readonly folder: string;
	/** The folder that somebody named instead. */
	readonly ownFolder?: string;
	readonly place: 'folder' | 'original';
	readonly policy: OverwritePolicy;
	/** Of the fourth step. */
	readonly preview?: Preview;
	/** Of the fifth step: the job, and the line of its messages that the cursor is on. Nobody has moved it: the end while the job runs, then the beginning. */
	readonly run?: {readonly job: number; readonly cursor?: number};
};

/** What a restore begins with. */
export type RestoreStart = {
	readonly name: string;
	readonly host: string;
	/** Newest first, at least one. */
	readonly snapshots: readonly StoredSnapshot[];
	/** Where restored files go unless somebody says otherwise. Absolute. */
	readonly folder: string;
	/** To begin at the second step with this one. @default begin at the first step, with the newest */
	readonly snapshot?: string;
};

export function createRestoreScreen({snapshot, ...facts}: RestoreStart): RestoreScreen {
	const {snapshots} = facts;
	const known = snapshots.find(({id}) => id === snapshot);
	const screen: RestoreScreen = {...facts, kind: 'restore', errands: new Errands(), step: 'snapshot', snapshot: (known ?? snapshots[0]!).id, chosen: noMarks, place: 'folder', policy: 'never'};
	return known ? toPicking(screen) : screen;
}

export function snapshotOf({snapshots, snapshot}: Pick<RestoreScreen, 'snapshots' | 'snapshot'>): StoredSnapshot {
	return snapshots.find(({id}) => id === snapshot)!;
}

/** The position of the chosen snapshot, the newest being 0. */
export function snapshotIndex({snapshots, snapshot}: Pick<RestoreScreen, 'snapshots' | 'snapshot'>): number {
	return snapshots.findIndex(({id}) => id === snapshot);
}

/** Look into the chosen snapshot. Marks of another one stay. */
export function toPicking(screen: RestoreScreen): RestoreScreen {
	const {picking} = screen;
	const snapshot = snapshotOf(screen);
	return {...screen, step: 'pick', picking: picking ? (picking.snapshot === snapshot.id ? picking : toSnapshot(picking, snapshot)) : createPicking(snapshot)};
}

/** The folder that is proposed or was named: every snapshot has one of its own, so that two never mix. */
export function targetFolder(screen: RestoreScreen): string {
	return screen.ownFolder ?? path.join(screen.folder, formatTime(snapshotOf(screen).time).replace(' ', '-').replace(':', ''));
}

/** As the engine wants it. */
export function targetOf(screen: RestoreScreen): string {
	return screen.place === 'original' ? '/' : targetFolder(screen);
}

/** Without what was seen of the restore so far: it is another one now. */
export function withoutPreview({preview: _, ...screen}: RestoreScreen): RestoreScreen {
	return screen;
}

/** One step back; `undefined`: out of the screen. */
export function stepBack(screen: RestoreScreen): RestoreScreen | undefined {
	switch (screen.step) {
		case 'snapshot':
		case 'run': {
			return undefined;
		}

		case 'pick': {
			return {...screen, step: 'snapshot'};
		}

		case 'target': {
			return {...screen, step: 'pick'};
		}

		case 'preview': {
			return {...withoutPreview(screen), step: 'target'};
		}
	}
}
