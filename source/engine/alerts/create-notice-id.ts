import type {Runtime} from '../runtime.ts';

/** What a notice is called that nobody has had before. */
export const createNoticeId = (runtime: Pick<Runtime, 'randomBytes'>): string => runtime.randomBytes(16).toString('hex');
