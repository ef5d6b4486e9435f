import type {StateContext} from '../state/database.ts';
import {HostState} from '../state/host-state.ts';
import {readKnownPlace} from '../state/known-place.ts';
import type {SourceMemory} from '../state/source-memory.ts';
import type {Finding} from './alert.ts';
import {standingFindings} from './noted-findings.ts';

/** What this host remembers of a repository that it cannot open now. */
export type UnopenedMemory = {
	/** In no order. */
	readonly sources: readonly SourceMemory[];
	/** What its watches have found, in no order. */
	readonly findings: readonly Finding[];
};

/**
What is remembered of the repository at a place; nothing where none is known there.
@param url - Of the repository, as its storage has it.
@throws `state-failed`
*/
export function readUnopened(stateFolder: string, url: string, context: StateContext): UnopenedMemory {
	const repository = readKnownPlace(stateFolder, url, context);
	if (repository === undefined) {
		return {sources: [], findings: []};
	}

	const state = new HostState(stateFolder, repository, context);
	try {
		return {sources: state.sources(), findings: standingFindings(state.watch.findings(), [], context.runtime.now())};
	} finally {
		state.close();
	}
}
