/** The part of a list that is seen: from `start`, so that the cursor is always in it and few lines move. */
export type Window = {readonly start: number; readonly end: number};

/**
@param count - Of the whole list.
@param cursor - In the list.
@param height - Lines that there are.
*/
export function windowOf(count: number, cursor: number, height: number): Window {
	if (height <= 0) {
		return {start: 0, end: 0};
	}

	// A window that follows from the cursor alone: a third of the lines above it.
	const ahead = Math.floor(height / 3);
	const start = Math.max(0, Math.min(cursor - ahead, count - height));
	return {start, end: Math.min(count, start + height)};
}

/** Where a list stands, for the lower edge of its pane: nothing when all of it is seen. */
export function positionText(count: number, cursor: number, height: number): string | undefined {
	return count > height ? `${cursor + 1}/${count}` : undefined;
}

export type Movement = 'up' | 'down' | 'first' | 'last' | 'page-up' | 'page-down';

/** The row after a movement, never outside the list. */
export function moveRow(row: number, movement: Movement, {count, page}: {readonly count: number; readonly page: number}): number {
	const target = {
		up: row - 1, down: row + 1, first: 0, last: count - 1, 'page-up': row - Math.max(1, page - 1), 'page-down': row + Math.max(1, page - 1),
	}[movement];
	return Math.max(0, Math.min(target, count - 1));
}

export const isMovement = (action: string): action is Movement => ['up', 'down', 'first', 'last', 'page-up', 'page-down'].includes(action);
