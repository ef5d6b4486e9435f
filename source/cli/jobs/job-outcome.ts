import type {JobOutcome} from '../../engine/index.ts';

/** How a run ended that ended with an exit code. */
export function outcomeOfCode(code: number): JobOutcome {
	switch (code) {
		case 0: {
			return 'ok';
		}

		case 3:
		case 20: {
			return 'partial';
		}

		case 130: {
			return 'interrupted';
		}

		default: {
			return 'failed';
		}
	}
}
