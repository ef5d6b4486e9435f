import {syncBuiltinESMExports} from 'node:module';
import os from 'node:os';

/*
Loaded before the program, so that pictures show no name of the machine that makes them or of who works there.
*/

/** What the demonstration's machine is called. */
export const demoHost = 'vault01';
export const demoUser = 'admin';

/** From here on this process believes to be on the demonstration's machine. */
export function pretend(): void {
	const own = os.userInfo();
	os.hostname = () => demoHost;
	os.userInfo = (() => ({...own, username: demoUser})) as typeof os.userInfo;
	syncBuiltinESMExports();
}

pretend();
