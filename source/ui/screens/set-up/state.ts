import type {SetUpProposal} from '../../dashboard-options.ts';

/** The first run: what would be created, as it is proposed. */
export type SetUpScreen = {
	readonly kind: 'set-up';
	readonly proposal: SetUpProposal;
	readonly repository: string;
	readonly keyFile: string;
	/** Names of the sources that are wanted. */
	readonly chosen: readonly string[];
	readonly cursor: number;
	readonly isCreating: boolean;
	readonly problem?: string;
};

export function createSetUpScreen(proposal: SetUpProposal): SetUpScreen {
	const {repository, keyFile, sources} = proposal;
	return {kind: 'set-up', proposal, repository, keyFile, chosen: sources.map(({name}) => name), cursor: 0, isCreating: false};
}
