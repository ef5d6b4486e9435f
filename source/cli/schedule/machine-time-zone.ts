import {readlinkSync} from 'node:fs';

const canonical = (timeZone?: string): string => new Intl.DateTimeFormat('en', {timeZone}).resolvedOptions().timeZone;

/** The time zone that cron and systemd go by, whatever TZ says to this process: a name of the IANA database. */
export function findMachineTimeZone(environment: Readonly<Record<string, string | undefined>>): string {
	if (!environment['TZ']) {
		return canonical();
	}

	try {
		return canonical(/\/zoneinfo\/(?:posix\/|right\/)?(?<name>.+)$/.exec(readlinkSync('/etc/localtime'))?.groups!['name'] ?? 'UTC');
	} catch {
		return 'UTC';
	}
}
