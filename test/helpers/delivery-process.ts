import {appendFileSync} from 'node:fs';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import {AlertDesk} from '../../source/engine/alerts/alert-desk.ts';
import {createSystemRuntime} from '../../source/engine/runtime.ts';

/* A process that delivers what waits for the channel `mail`: STATE-FOLDER FILE [hang]. Each id that was sent is a line of FILE. With `hang` it says `sending`, and never comes to an end. */
const [stateFolder = '', file = '', mode = ''] = process.argv.slice(2);
const desk = AlertDesk.open({stateFolder, url: '/r', runtime: createSystemRuntime(), warn(message) {
	process.stderr.write(`${message}\n`);
}})!;
const deliveries = await desk.deliver([{name: 'mail', kind: 'email', leastSeverity: 'warning', hasDigest: false, async send({id}) {
	if (mode === 'hang') {
		process.stdout.write('sending\n');
		await delay(600_000);
	}

	appendFileSync(file, `${id}\n`);
}}], new AbortController().signal);
process.stdout.write(`${deliveries.length}\n`);
desk.close();
