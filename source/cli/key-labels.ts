import {CofferError, type KeyInfo} from '../engine/index.ts';

/** Labels name keys in commands, so each shall name one. @throws `usage` for one that is taken */
export function assertLabelFree(label: string, keys: readonly KeyInfo[]): void {
	const taken = keys.find(key => key.label === label);
	if (taken) {
		throw new CofferError('usage', `There is a key "${label}" already (${taken.id.slice(0, 8)}). Give the new one another name with --label.`);
	}
}

/** The label, or with a number where it is taken: `recovery`, `recovery 2`, … */
export function freeLabel(label: string, keys: readonly KeyInfo[]): string {
	const labels = new Set(keys.map(key => key.label));
	let candidate = label;
	for (let number = 2; labels.has(candidate); number++) {
		candidate = `${label} ${number}`;
	}

	return candidate;
}
