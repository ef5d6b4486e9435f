import {Buffer} from 'node:buffer';
import path from 'node:path';
import process from 'node:process';
import type {KeyFile} from '../../source/engine/crypto/key-file.ts';

/* A process that writes one of a host's own files: key|config|state|prepare|replace|retire FOLDER. It loads no more than it needs, as it is started hundreds of times. */
const [kind, folder = ''] = process.argv.slice(2);

switch (kind) {
	case 'key': {
		const {createKeyFile} = await import('../../source/engine/crypto/key-file-access.ts');
		await createKeyFile(path.join(folder, 'key'), {slotId: 'ab'.repeat(16), key: Buffer.alloc(32, 5)} as KeyFile);
		break;
	}

	case 'prepare': {
		const {prepareKeyFile} = await import('../../source/engine/crypto/key-file-replacement.ts');
		await prepareKeyFile(path.join(folder, 'key'), {slotId: 'cd'.repeat(16), key: Buffer.alloc(32, 6)} as KeyFile);
		break;
	}

	case 'replace': {
		const {putKeyFileInPlace} = await import('../../source/engine/crypto/key-file-replacement.ts');
		await putKeyFileInPlace(path.join(folder, 'key'));
		break;
	}

	case 'retire': {
		const {retireKeyFile} = await import('../../source/engine/crypto/key-file-replacement.ts');
		await retireKeyFile(path.join(folder, 'key'), {randomBytes: length => Buffer.alloc(length, 7)});
		break;
	}

	case 'config': {
		const {writeNewConfig} = await import('../../source/cli/config-writing.ts');
		await writeNewConfig(path.join(folder, 'config.json'), {repository: '/srv/coffer', sources: [{name: 'etc', paths: ['/etc']}]});
		break;
	}

	default: {
		const {recordTestRun} = await import('./recorded-run.ts');
		recordTestRun(folder);
	}
}
