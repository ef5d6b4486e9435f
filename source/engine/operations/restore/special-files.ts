import {existsSync} from 'node:fs';
import type {Runtime} from '../../runtime.ts';
import type {TreeNode} from '../../tree-node.ts';

const programs = ['/usr/bin/mknod', '/bin/mknod', '/usr/sbin/mknod', '/sbin/mknod'];

/** The program that makes special files, which Node itself cannot; `undefined` where the machine has none. */
export function findMaker(isThere: (path: string) => boolean = existsSync): string | undefined {
	return programs.find(path => isThere(path));
}

/** The two halves of a device number as glibc composes it (makedev(3)). */
export function splitDevice(device: bigint): {major: bigint; minor: bigint} {
	return {
		major: ((device >> 8n) & 0xF_FFn) | ((device >> 32n) & ~0xF_FFn),
		minor: (device & 0xFFn) | ((device >> 12n) & 0xFF_FF_FF_00n),
	};
}

function kindOf(node: TreeNode): string[] {
	if (node.type === 'fifo') {
		return ['p'];
	}

	const {major, minor} = splitDevice(BigInt(node.rdev ?? '0'));
	return [node.type === 'block' ? 'b' : 'c', String(major), String(minor)];
}

/**
Make a FIFO or a device with mode 0600.
@param place.folder - A path of the directory, which may be one under /proc/self.
@param place.name - ASCII, as a child's arguments cannot carry other bytes.
@throws Error with what the program said
*/
export async function makeSpecialFile(program: string, place: {readonly folder: string; readonly name: string}, node: TreeNode, runtime: Runtime): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		const child = runtime.spawn(program, ['-m', '600', '--', place.name, ...kindOf(node)], {
			// The child changes its directory before it becomes the other program: its descriptors are still ours then.
			cwd: place.folder,
			env: {PATH: '/usr/bin:/bin', LC_ALL: 'C'},
			stdio: ['ignore', 'ignore', 'pipe'],
		});
		let complaint = '';
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			complaint = (complaint + text).slice(0, 500);
		});
		child.on('error', reject);
		child.on('close', (code, signal) => {
			if (code === 0) {
				resolve();
			} else {
				reject(new Error(`${program} failed (${signal ?? `exit code ${code}`}): ${complaint.trim()}`));
			}
		});
	});
}
