import type {Handlers} from '../../handler.ts';

/** The keys of this screen. */
export const diffHandlers: Handlers = {};
