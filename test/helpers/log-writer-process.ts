import process from 'node:process';
import {LogFile} from '../../source/logs/log-file.ts';

// Writes numbered lines to a log, some at a time, and says on stdout after each time how many there are by now: log-writer-process.ts FILE NAME COUNT SIZE
const [file, name, count, sizeBytes] = process.argv.slice(2);
const log = new LogFile(file!, {now: () => Date.now(), settings: async () => ({sizeBytes: Number(sizeBytes), days: 90})});
for (let number = 0; number < Number(count);) {
	const lines = Array.from({length: Math.min(1 + (number % 7), Number(count) - number)}, () =>
		`${JSON.stringify({level: 'info', time: new Date().toISOString(), name, number: number++, msg: 'x'.repeat(number % 300)})}\n`);
	await log.append(lines);
	process.stdout.write(`${number}\n`);
}

log.close();
