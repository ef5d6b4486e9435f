import type {Overlay} from '../model/overlay.ts';

/** How wide an overlay is on a screen of `width` columns. */
export function overlayColumns({kind}: Overlay, width: number): number {
	return Math.min(width, kind === 'help' ? 130 : (kind === 'palette' ? 90 : 72), Math.max(30, width - 6));
}
