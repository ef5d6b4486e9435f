import {homedir, userInfo} from 'node:os';

/** Where this machine keeps what starts programs. All absolute. */
export type StarterPlaces = {
	/** The home folder of this user as the system knows it, whatever the environment says. */
	readonly home: string;
	/** Units that an administrator has written: systemd.unit(5). */
	readonly systemUnits: string;
	/** It is there while systemd runs the machine: sd_booted(3). */
	readonly runningSystemd: string;
	/** Holds a file for each user whose units run without a login: loginctl(1). */
	readonly lingeringUsers: string;
	/** What runs: proc(5). */
	readonly processes: string;
};

function homeOfUser(): string {
	try {
		return userInfo().homedir;
	} catch {
		return homedir();
	}
}

/** Those of the machine that this runs on. */
export function findStarterPlaces(): StarterPlaces {
	return {home: homeOfUser(), systemUnits: '/etc/systemd/system', runningSystemd: '/run/systemd/system', lingeringUsers: '/var/lib/systemd/linger', processes: '/proc'};
}
