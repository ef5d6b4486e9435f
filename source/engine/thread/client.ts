import type {EngineClientOptions, EngineThread} from './engine-client.ts';
import {ThreadLink} from './thread-link.ts';

/**
Start an engine in a thread of its own, and open the repository there. It returns at once: calls wait until the repository is open, and throw what `opened` does where it cannot be opened.
Progress is told at most ten times a second, warnings all. The thread keeps the process alive until it is closed.
*/
export function startEngine(options: EngineClientOptions): EngineThread {
	const link = new ThreadLink(options);
	return {
		processId: link.processId,
		opened: link.opened,
		overview: async callOptions => link.call('overview', [callOptions?.jobs], callOptions),
		listSnapshots: async callOptions => link.call('listSnapshots', [], callOptions),
		backup: async (request, callOptions) => link.call('backup', [request], callOptions),
		verify: async (request, callOptions) => link.call('verify', [request], callOptions),
		prune: async (request, callOptions) => link.call('prune', [request], callOptions),
		restore: async (request, callOptions) => link.call('restore', [request], callOptions),
		loadDump: async (request, callOptions) => link.call('loadDump', [request], callOptions),
		listFolder: async (snapshot, path, callOptions) => link.call('listFolder', [snapshot, path], callOptions),
		measureFolder: async (snapshot, path, callOptions) => link.call('measureFolder', [snapshot, path], callOptions),
		searchSnapshot: async (snapshot, text, callOptions) => link.call('searchSnapshot', [snapshot, text, callOptions?.limit], callOptions),
		entryVersions: async (snapshot, path, callOptions) => link.call('entryVersions', [snapshot, path], callOptions),
		compareSnapshots: async (from, to, callOptions) => link.call('compareSnapshots', [from, to, callOptions?.limit], callOptions),
		keyStatus: async callOptions => link.call('keyStatus', [], callOptions),
		rotateKeys: async (request, callOptions) => link.call('rotateKeys', [request], callOptions),
		exportKey: async (request, callOptions) => link.call('exportKey', [request], callOptions),
		checkKey: async (request, callOptions) => link.call('checkKey', [request], callOptions),
		readAuditLog: async callOptions => link.call('readAuditLog', [callOptions?.limit], callOptions),
		noteFindings: async (watch, findings) => link.call('noteFindings', [watch, findings]),
		acknowledge: async (alertKey, note) => link.call('acknowledge', [alertKey, note]),
		unacknowledge: async alertKey => link.call('unacknowledge', [alertKey]),
		close: async () => link.close(),
		terminate: async () => link.terminate(),
	};
}
