import {writeFileSync} from 'node:fs';
import type {Role} from '../../source/engine/index.ts';
import {prepareHost} from './command-examples.ts';
import type {TestHost} from './run-coffer.ts';

/** A host as `prepareHost` makes it, whose repository has a key file for every role: `owner.key`, `backup.key`, `auditor.key`. */
export async function prepareRoles(host: TestHost): Promise<void> {
	await prepareHost(host);
	for (const role of ['owner', 'backup', 'auditor'] satisfies Role[]) {
		const {code, stderr} = await host.runHere(['key', 'add', '--role', role, '--new-key-file', `${role}.key`]);
		if (code !== 0) {
			throw new Error(stderr);
		}
	}
}

/** Write a secret to a file of mode 600. @returns Its absolute path */
export function writeSecret(host: TestHost, name: string, secret: string): string {
	const file = host.path(name);
	writeFileSync(file, `${secret}\n`, {mode: 0o600});
	return file;
}
