import {createRequire} from 'node:module';
import type {getAttributeSync, listAttributesSync} from '@napi-rs/xattr';
import {toExactText, type ByteString} from '../../byte-string.ts';
import type {ExtendedAttribute} from '../../tree-node.ts';

type Binding = {
	readonly listAttributesSync: typeof listAttributesSync;
	readonly getAttributeSync: typeof getAttributeSync;
};

let binding: Binding | undefined;
let isLoaded = false;

function load(): Binding | undefined {
	if (!isLoaded) {
		isLoaded = true;
		try {
			binding = createRequire(import.meta.url)('@napi-rs/xattr') as Binding;
		} catch {}
	}

	return binding;
}

/** Whether this machine's extended attributes can be read: the native module has no build for some platforms. */
export function hasExtendedAttributes(): boolean {
	return load() !== undefined;
}

/**
The extended attributes of a file, ACLs and capabilities among them, in the order of their names; the last component is not followed. None where the file system has none, where
reading is denied, and for paths that are not UTF-8, which the native module cannot name.
*/
export function readExtendedAttributes(systemPath: ByteString): ExtendedAttribute[] {
	const path = toExactText(systemPath);
	const module = load();
	if (path === undefined || module === undefined) {
		return [];
	}

	try {
		const names = module.listAttributesSync(path);
		const attributes: ExtendedAttribute[] = [];
		for (const name of names.length > 1 ? names.toSorted() : names) {
			const value = module.getAttributeSync(path, name);
			if (value) {
				attributes.push({name, value});
			}
		}

		return attributes;
	} catch {
		return [];
	}
}
