#!/usr/bin/env node
import module from 'node:module';
import process from 'node:process';
import {compileCacheFolder} from './compile-cache.ts';
import {readVersion} from './version.ts';

// This file is built for old Nodes too: one that cannot run the program shall say so in one line. Hence everything else is loaded after the check.
if (Number(process.versions.node.split('.')[0]) < 24) {
	process.stderr.write(`coffer needs Node 24 or newer, this is Node ${process.versions.node}: install a newer one (https://nodejs.org), or in a clone of the project use \`npm start\`, which brings its own\n`);
	process.exitCode = 2;
} else if (process.argv.length === 3 && process.argv[2] === '--version') {
	process.stdout.write(`${readVersion()}\n`);
} else {
	// What is made is open to its owner, whom another umask could lock out, and to nobody else.
	process.umask(0o077);
	process.env.NODE_ENV ??= 'production';
	module.enableCompileCache(compileCacheFolder());
	// Whatever is started later, or is written when something fails, finds no passphrase here any more.
	const environment = {...process.env};
	delete process.env.COFFER_PASSPHRASE;
	delete process.env.COFFER_PASSPHRASE_COMMAND;
	delete process.env.COFFER_PASSPHRASE_FD;
	const {giveWay, keepMemoryPrivate, run} = await import('./cli/run.ts');
	keepMemoryPrivate();
	process.exitCode = await run({
		argv: process.argv.slice(2),
		environment,
		stdin: process.stdin,
		stdout: process.stdout,
		stderr: process.stderr,
		giveWay,
		exit(code) {
			process.exit(code);
		},
	});
}
