import type {Handlers} from '../../handler.ts';
import {pickHandlers} from './pick/handlers.ts';
import {previewHandlers} from './preview/handlers.ts';
import {runHandlers} from './run/handlers.ts';
import {snapshotHandlers} from './snapshots/handlers.ts';
import type {RestoreStep} from './state.ts';
import {targetHandlers} from './target/handlers.ts';

/** The keys of each step. */
export const restoreHandlers: Readonly<Record<`restore-${RestoreStep}`, Handlers>> = {
	'restore-snapshot': snapshotHandlers,
	'restore-pick': pickHandlers,
	'restore-target': targetHandlers,
	'restore-preview': previewHandlers,
	'restore-run': runHandlers,
};
