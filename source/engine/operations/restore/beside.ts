import type {ByteString} from '../../byte-string.ts';

const maximumNameBytes = 255;

/**
The name under which a file is put beside another one: its own, shortened where it would become too long, and the suffix; numbered when that is taken.
@param stateOf - Says of a name whether it is free, or taken, or taken by the very file that is to be put there.
*/
export function nameBeside(name: ByteString, suffix: string, stateOf: (candidate: ByteString) => 'free' | 'taken' | 'identical'): {name: ByteString; isThere: boolean} {
	for (let number = 1; ; number++) {
		const end = number === 1 ? suffix : `${suffix}-${number}`;
		const candidate = (name.slice(0, maximumNameBytes - end.length) + end) as ByteString;
		const state = stateOf(candidate);
		if (state !== 'taken') {
			return {name: candidate, isThere: state === 'identical'};
		}
	}
}
