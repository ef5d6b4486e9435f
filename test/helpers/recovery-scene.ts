import {Buffer} from 'node:buffer';
import {readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {encodeKeyFile} from '../../source/engine/crypto/key-file.ts';
import {backup} from '../../source/engine/operations/backup/backup.ts';
import type {Secret} from '../../source/engine/repository/key-slot.ts';
import {createRepository, openStorage, type ChunkingParameters, type RepositorySession} from '../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {runRecovery} from './recovery-script.ts';
import {createFolder} from './source-folder.ts';
import {walkFolder, type WalkedEntry} from './walk-folder.ts';

/** That of all scenes. */
export const recoveryRuntime = createSystemRuntime();

/** A repository on disk, and what is backed up into it. */
export type RecoveryScene = {
	readonly session: RepositorySession;
	readonly secret: Secret;
	/** Of the repository. */
	readonly root: string;
	/** Is there where the secret is a key file. */
	readonly keyFile: string;
	/** What is backed up. */
	readonly data: string;
	/** For targets and everything else. */
	readonly work: string;
};

/** A new repository with one owner. @param options.passphrase - Opens it instead of a key file. */
export async function createRecoveryScene(t: ExecutionContext, options: {readonly chunking?: ChunkingParameters; readonly passphrase?: string} = {}): Promise<RecoveryScene> {
	const work = createFolder(t);
	const root = path.join(work, 'repository');
	let secret: Secret = {};
	const session = await createRepository(openStorage(root, recoveryRuntime), {
		label: 'test',
		...(options.chunking && {chunking: options.chunking}),
		secret(slotId) {
			secret = options.passphrase === undefined ? {keyFile: {slotId, key: recoveryRuntime.randomBytes(32)}} : {passphrase: Buffer.from(options.passphrase)};
			return secret;
		},
	}, recoveryRuntime);
	const keyFile = path.join(work, 'key');
	if (secret.keyFile) {
		writeFileSync(keyFile, encodeKeyFile({slotId: secret.keyFile.slotId, key: Buffer.from(secret.keyFile.key)}));
	}

	return {session, secret, root, keyFile, data: createFolder(t), work};
}

/** Back up the source `data`. */
export async function backUpData({session, data}: RecoveryScene): Promise<void> {
	const {unreadable} = await backup(session, {source: {kind: 'files', name: 'data', paths: [data]}});
	if (unreadable > 0) {
		throw new Error(`${unreadable} files could not be read`);
	}
}

/** What has to come back: which inode it is does not, but what shares one. */
export function describeRestored(folder: string): Map<string, unknown> {
	const groups = new Map<bigint, string>();
	return new Map([...walkFolder(folder)].map(([name, entry]: [string, WalkedEntry]) => {
		const {inode, allocatedBytes, links, size, ...kept} = entry;
		const isFolder = entry.type === 'directory';
		if (!isFolder && !groups.has(inode)) {
			groups.set(inode, name);
		}

		return [name, {...kept, ...(!isFolder && {sameAs: groups.get(inode), links, size})}] as const;
	}));
}

/** The script has removed what it kept in between. */
export function assertLeftNothing(t: ExecutionContext, {work}: RecoveryScene): void {
	t.deepEqual(readdirSync(work).filter(name => name.startsWith('tmp.')), []);
}

export type RestoreOptions = {
	/** @default the scene's key file */
	readonly key?: string;
	/** What is typed. @default '' */
	readonly input?: string;
	/** @default [] */
	readonly flags?: readonly string[];
	/** Of the target. @default 'restored' */
	readonly name?: string;
};

/** Restore the newest snapshot by the script and compare. @returns Where it lies. */
export function restoreAndCompare(t: ExecutionContext, scene: RecoveryScene, options: RestoreOptions = {}): string {
	const target = path.join(scene.work, options.name ?? 'restored');
	const {code, stderr} = runRecovery(scene.work, [...options.flags ?? [], scene.root, options.key ?? scene.keyFile, 'latest:data', target], {input: options.input ?? ''});
	t.is(code, 0, stderr);
	const copy = path.join(target, scene.data);
	t.deepEqual(describeRestored(copy), describeRestored(scene.data));
	assertLeftNothing(t, scene);
	return copy;
}
