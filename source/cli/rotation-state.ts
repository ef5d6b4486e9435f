import type {KeyStatus} from '../engine/index.ts';

/** What a rotation that has not ended means, and how it goes on. One sentence or two. */
export function howToGoOn(rotation: NonNullable<KeyStatus['rotation']>): string {
	const state = rotation === 'packs' ? 'A rotation is under way that writes all data anew' : 'A rotation is under way';
	return `${state}: backups and restores go on as ever. Unless one is running now, "coffer key rotate" takes it up where it stopped.`;
}
