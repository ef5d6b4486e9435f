const typeLetters = {file: '-', directory: 'd', symlink: 'l', fifo: 'p', socket: 's', block: 'b', character: 'c'} as const;

/** Type and permissions as ls(1) shows them: `-rw-r--r--`, `drwxr-xr-t`. */
export function formatMode(type: keyof typeof typeLetters, mode: number): string {
	const triple = (shift: number, special: number, letter: string): string => {
		const bits = (mode >> shift) & 7;
		const isExecutable = (bits & 1) !== 0;
		const last = (mode & special) === 0 ? (isExecutable ? 'x' : '-') : (isExecutable ? letter : letter.toUpperCase());
		return ((bits & 4) === 0 ? '-' : 'r') + ((bits & 2) === 0 ? '-' : 'w') + last;
	};

	return typeLetters[type] + triple(6, 0o4000, 's') + triple(3, 0o2000, 's') + triple(0, 0o1000, 't');
}
