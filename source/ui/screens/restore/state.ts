import path from 'node:path';
import {hasOriginalPlace, type OverwritePolicy, type SnapshotId, type StoredSnapshot} from '../../../engine/index.ts';
import {formatTime} from '../../../text/format.ts';
import {Errands} from '../../errands.ts';
import {noMarks, type Marks} from './marks.ts';
import {createPicking, toSnapshot, type Picking} from './pick/picking.ts';
import type {Preview} from './preview/preview.ts';
import {createServerTarget, loadableOf, serverFields, type Loadable, type ServerTarget} from './server/server-target.ts';

/** The steps, in their order. */
export const restoreSteps = ['snapshot', 'pick', 'target', 'preview', 'run'] as const;
export type RestoreStep = typeof restoreSteps[number];

/** Into a folder, back to where the files were, or into a database server. */
export type RestorePlace = 'folder' | 'original' | 'server';

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
	readonly place: RestorePlace;
	/** Where dumps can be loaded; from the third step on, for a snapshot that has some. */
	readonly server?: ServerTarget;
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

/** What the chosen snapshot has for a database server. */
export const loadableHere = (screen: Pick<RestoreScreen, 'snapshots' | 'snapshot'>): Loadable | undefined => loadableOf(snapshotOf(screen));

/** Where the chosen snapshot can go to, in the order of the rows: of a server each thing that can be chosen about it. */
export function targetRowsOf(screen: RestoreScreen): ReadonlyArray<Exclude<RestorePlace, 'server'> | ServerTarget['field']> {
	return ['folder', ...(hasOriginalPlace(snapshotOf(screen).kind) ? ['original' as const] : []), ...(screen.server ? serverFields : [])];
}

/** To the choice of a target for what was marked; what was chosen before stays, as far as this snapshot can go there. */
export function toTarget({server, ...screen}: RestoreScreen, chosen: Marks): RestoreScreen {
	const loadable = loadableHere(screen);
	const target = {...screen, step: 'target' as const, chosen, ...(loadable && {server: createServerTarget(loadable, chosen, server)})};
	const canStay = {folder: true, original: hasOriginalPlace(snapshotOf(screen).kind), server: loadable !== undefined}[screen.place];
	return canStay ? target : {...target, place: 'folder'};
}

/** The folder that is proposed or was named: every snapshot has one of its own, so that two never mix. */
export function targetFolder(screen: RestoreScreen): string {
	return screen.ownFolder ?? path.join(screen.folder, formatTime(snapshotOf(screen).time).replace(' ', '-').replace(':', ''));
}

/** Where restored files go, as the engine wants it. */
export function targetOf(screen: RestoreScreen): string {
	return screen.place === 'original' ? '/' : targetFolder(screen);
}

/** Where to, for people. */
export function targetText(screen: RestoreScreen): string {
	return {folder: targetOf(screen), original: 'the original places', server: screen.server?.url ?? ''}[screen.place];
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
