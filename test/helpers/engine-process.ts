import {Buffer} from 'node:buffer';
import path from 'node:path';
import process from 'node:process';
import type * as engineModule from '../../source/engine/index.ts';

/* A process that makes a repository, backs up a folder in a thread (or another PLACE, whose process it then tells) and closes it: MODULE WORK-FOLDER SOURCE-FOLDER [PLACE]. It has to end by itself. */
const [modulePath = '', work = '', folder = '', place] = process.argv.slice(2);
const {Engine, startEngine} = await import(path.resolve(modulePath)) as typeof engineModule;
const places = {repositoryUrl: path.join(work, 'repository'), stateFolder: path.join(work, 'state')};
let secret: engineModule.Secret = {};
const engine = await Engine.create({...places, label: 'test', secret(slotId) {
	secret = {keyFile: {slotId, key: Buffer.alloc(32, 7)}};
	return secret;
}});
await engine.close();

const client = startEngine({...places, sources: [], secret: () => secret, ...(place === 'process' && {place})});
const phases = new Set<string>();
const {files, bytes, snapshot} = await client.backup({source: {kind: 'files', name: 'files', paths: [folder]}}, {onEvent(event) {
	if (event.event === 'progress') {
		if (place === 'process' && event.bytes > 0 && !phases.has('told')) {
			phases.add('told');
			console.log(client.processId);
		}

		phases.add(event.phase);
	}
}});
const {problems} = await client.verify({readData: 'all'});
const size = await client.measureFolder(snapshot!.id, {path: '/'});
await client.close();
console.log(JSON.stringify({files, bytes, size, problems, phases: [...phases]}));
