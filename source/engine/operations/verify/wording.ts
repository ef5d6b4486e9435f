function count(value: number, singular: string, plural = `${singular}s`): string {
	return `${value} ${value === 1 ? singular : plural}`;
}

/** Counts with their nouns. */
export const shortText = {
	files: (value: number) => count(value, 'file or directory', 'files or directories'),
	snapshots: (value: number) => count(value, 'snapshot'),
	packs: (value: number) => count(value, 'pack'),
};
