import {Buffer} from 'node:buffer';
import path from 'node:path';
import process from 'node:process';
import {writeNewConfig} from '../../source/cli/config-writing.ts';
import {createKeyFile} from '../../source/engine/crypto/key-file-access.ts';
import type {KeyFile} from '../../source/engine/crypto/key-file.ts';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {writeState} from '../../source/engine/state/state-file.ts';

/* A process that writes one of a host's own files: key|config|state FOLDER. */
const [kind, folder = ''] = process.argv.slice(2);

switch (kind) {
	case 'key': {
		await createKeyFile(path.join(folder, 'key'), {slotId: 'ab'.repeat(16), key: Buffer.alloc(32, 5)} as KeyFile);
		break;
	}

	case 'config': {
		await writeNewConfig(path.join(folder, 'config.json'), {repository: '/srv/coffer', sources: [{name: 'etc', paths: ['/etc']}]});
		break;
	}

	default: {
		writeState(path.join(folder, 'state.json'), {text: 'new '.repeat(5000)}, {runtime: createSystemRuntime()});
	}
}
