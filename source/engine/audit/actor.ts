import type {Runtime} from '../runtime.ts';
import type {AuditEntry} from './audit-entry.ts';

/** Who does something, from where. */
export type Actor = Pick<AuditEntry, 'host' | 'user' | 'from'>;

/** Whom the user of the system was before: sudo(8), else who logged in (pam_loginuid keeps no name; LOGNAME does, where it is kept). */
function formerUser({environment, user}: Pick<Runtime, 'environment' | 'user'>): string | undefined {
	return [environment['SUDO_USER'], environment['DOAS_USER'], environment['LOGNAME']].find(name => name !== undefined && name !== '' && name !== user);
}

function placeOf({environment}: Pick<Runtime, 'environment'>): string | undefined {
	// "ADDRESS PORT ADDRESS PORT": ssh(1).
	const address = environment['SSH_CONNECTION']?.split(' ', 1)[0];
	if (address) {
		return `ssh ${address}`;
	}

	// Systemd gives one to each run of a unit: systemd.exec(5).
	return environment['INVOCATION_ID'] && environment['SSH_TTY'] === undefined && environment['TERM'] === undefined ? 'systemd' : undefined;
}

/**
Who this process works for. What the environment tells is what whoever started the process wanted it to tell; the user of the system is not.
@param from - Where the process was started, as the program knows it. @default what the environment tells
*/
export function actorOf(runtime: Pick<Runtime, 'environment' | 'user' | 'identity'>, from?: string): Actor {
	const former = formerUser(runtime);
	return {host: runtime.identity.host, user: former === undefined ? runtime.user : `${runtime.user}, by ${former}`, from: from ?? placeOf(runtime) ?? 'program'};
}
