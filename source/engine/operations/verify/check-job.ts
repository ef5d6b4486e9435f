import type {DataKeyId} from '../../ids.ts';
import type {JobContext, Job} from '../job.ts';
import {createJobBlobReader, openJobIndex, requireIdKey, type ReadingInit} from '../reading.ts';
import {BlobHasher} from '../../repository/repository.ts';
import {checkPack, hashPack, type PackReport, type PackToCheck} from './check-pack.ts';

export type CheckInit = ReadingInit & {
	/** Whether the key may decrypt; else packs are only hashed. */
	readonly canDecrypt: boolean;
};

/** Reads packs whole, one after the other. */
export function createCheckJob(init: CheckInit, context: JobContext): Job<PackToCheck, PackReport, void> {
	const index = openJobIndex(init, context);
	const keyOf = async (id: DataKeyId) => index.dataKey(id);
	const contents = init.canDecrypt ? {hasher: new BlobHasher(requireIdKey(init.keyring)), blobs: createJobBlobReader(init, context, {}, index)} : undefined;
	return {
		run: async pack => contents ? checkPack(pack, {...context, keyOf, ...contents}) : hashPack(pack, context),
		async finish() {
			// Each pack is reported at once.
		},
		async discard() {
			// Nothing is held.
		},
	};
}
