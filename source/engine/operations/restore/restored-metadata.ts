import {chmodSync, chownSync, fchmodSync, fchownSync, futimesSync, utimesSync, type BigIntStats} from 'node:fs';
import {createRequire} from 'node:module';
import type * as xattr from '@napi-rs/xattr';
import type {TreeNode} from '../../tree-node.ts';
import {describeFailure} from './system-failure.ts';
import {toMicroseconds, toSystemTime} from './target-times.ts';

/** What of a node is put on the file that is made for it. */
export type RestorableMetadata = Pick<TreeNode, 'type' | 'mode' | 'uid' | 'gid' | 'mtimeNs' | 'xattrs'>;

const specialBits = 0o6000;

type Binding = Pick<typeof xattr, 'setAttributeSync' | 'getAttributeSync'>;
let binding: Binding | undefined;

/** The native module is loaded by the first file that has extended attributes. @throws Where it has no build for this platform. */
function loadBinding(): Binding {
	binding ??= createRequire(import.meta.url)('@napi-rs/xattr') as Binding;
	return binding;
}

/**
Set the extended attributes that were recorded, ACLs and capabilities among them.
@param path - ASCII; its last component is not followed.
*/
function setExtendedAttributes(path: string, {xattrs = []}: RestorableMetadata, warn: (message: string) => void): void {
	for (const {name, value} of xattrs) {
		try {
			loadBinding().setAttributeSync(path, name, value);
		} catch (error) {
			warn(`its extended attribute ${name} could not be set: ${describeFailure(error)}`);
		}
	}
}

/** Whether a file has all the extended attributes that were recorded. @param path - `undefined` where it cannot be given to the native module. */
export function hasExtendedAttributes(path: string | undefined, {xattrs = []}: RestorableMetadata): boolean {
	try {
		return xattrs.every(({name, value}) => path !== undefined && loadBinding().getAttributeSync(path, name)?.equals(value));
	} catch {
		return false;
	}
}

/** Whether owner, mode and mtime are those that would be set. */
export function hasMetadata(stats: BigIntStats, node: RestorableMetadata, hasOwnership: boolean): boolean {
	const {mode} = permittedMode(node, hasOwnership);
	return (node.type === 'symlink' || Number(stats.mode & 0o7777n) === mode)
		&& (!hasOwnership || (Number(stats.uid) === node.uid && Number(stats.gid) === node.gid))
		&& toMicroseconds(stats.mtimeNs) === toMicroseconds(node.mtimeNs);
}

/** Without the owner a setuid or setgid bit would give somebody else's rights away. */
function permittedMode(node: RestorableMetadata, hasOwner: boolean): {mode: number; isReduced: boolean} {
	const isReduced = !hasOwner && (node.mode & specialBits) !== 0;
	return {mode: isReduced ? node.mode & ~specialBits : node.mode, isReduced};
}

type Setters = {
	chown(uid: number, gid: number): void;
	chmod(mode: number): void;
	utimes(time: number | string): void;
	/** For extended attributes; `undefined` where they have no way to be set. */
	readonly path: string | undefined;
};

/** Owner, extended attributes (a change of the owner drops capabilities), mode (the owner, setuid), times: in this order. */
function setMetadata(setters: Setters, node: RestorableMetadata, hasOwnership: boolean, warn: (message: string) => void): void {
	let hasOwner = hasOwnership;
	if (hasOwnership) {
		try {
			setters.chown(node.uid, node.gid);
		} catch (error) {
			hasOwner = false;
			warn(`its owner ${node.uid}:${node.gid} could not be set: ${describeFailure(error)}`);
		}
	}

	if (node.xattrs && node.xattrs.length > 0) {
		if (setters.path === undefined) {
			warn('its extended attributes could not be set: there is no safe way to reach it.');
		} else {
			setExtendedAttributes(setters.path, node, warn);
		}
	}

	if (node.type !== 'symlink') {
		const {mode, isReduced} = permittedMode(node, hasOwner);
		setters.chmod(mode);
		if (isReduced) {
			warn('its setuid or setgid bit was left out, as its owner was not restored.');
		}
	}

	setters.utimes(toSystemTime(node.mtimeNs));
}

export type MetadataOptions = {
	/** Set owners, and setuid and setgid bits. */
	readonly hasOwnership: boolean;
	readonly warn: (message: string) => void;
};

/**
Put metadata on an open file.
@param path - Of the same file, ASCII and safe from others, for extended attributes.
*/
export function setFileMetadata(descriptor: number, path: string | undefined, node: RestorableMetadata, {hasOwnership, warn}: MetadataOptions): void {
	setMetadata({
		chown(uid, gid) {
			fchownSync(descriptor, uid, gid);
		},
		chmod(mode) {
			fchmodSync(descriptor, mode);
		},
		utimes(time) {
			futimesSync(descriptor, time, time);
		},
		path,
	}, node, hasOwnership, warn);
}

/**
Put metadata on what a descriptor names that need not be open for reading (`openPathOnly`): a directory, link or special file.
@param path - As for `setFileMetadata`.
*/
export function setNamedMetadata(descriptor: number, path: string | undefined, node: RestorableMetadata, {hasOwnership, warn}: MetadataOptions): void {
	// The kernel resolves this to the very inode, also to a symbolic link's own, and goes no further (proc(5)).
	const self = `/proc/self/fd/${descriptor}`;
	setMetadata({
		chown(uid, gid) {
			chownSync(self, uid, gid);
		},
		chmod(mode) {
			chmodSync(self, mode);
		},
		utimes(time) {
			utimesSync(self, time, time);
		},
		path,
	}, node, hasOwnership, warn);
}
