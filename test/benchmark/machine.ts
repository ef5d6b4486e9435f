import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import os from 'node:os';

/** Where it was measured; nothing that tells one host from another of its kind. */
export type Machine = {
	readonly processor: string;
	readonly cores: number;
	readonly memoryBytes: number;
	readonly system: string;
	readonly kernel: string;
	readonly fileSystem: string;
};

function systemName(): string {
	try {
		return /^PRETTY_NAME="?(?<name>[^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.groups?.['name'] ?? 'Linux';
	} catch {
		return 'Linux';
	}
}

/** @param workFolder - The file system that it lies on is named. */
export function describeMachine(workFolder: string): Machine {
	return {
		processor: os.cpus()[0]?.model.trim() ?? os.arch(),
		cores: os.availableParallelism(),
		memoryBytes: os.totalmem(),
		system: systemName(),
		// The numbers alone: what follows may name who built it.
		kernel: /^[\d.]+/.exec(os.release())?.[0] ?? os.release(),
		fileSystem: execFileSync('findmnt', ['--noheadings', '--output', 'FSTYPE', '--target', workFolder], {encoding: 'utf8'}).trim(),
	};
}
