import type {CommandContext} from './command-line.ts';

/** Of the triggers of jobs, what the audit log calls those that say where somebody works. */
const origins: Readonly<Record<string, string>> = {daemon: 'daemon', dashboard: 'dashboard'};

/** From where this command line is run, for the audit log; `undefined` where the environment tells it better. */
export function originOf({arguments: flags, environment, stdin}: Pick<CommandContext, 'arguments' | 'environment' | 'stdin'>): string | undefined {
	const trigger = flags.text('trigger');
	if (trigger === 'timer') {
		return environment['INVOCATION_ID'] ? 'systemd' : 'cron';
	}

	const isTerminal = 'isTTY' in stdin && stdin.isTTY === true;
	return origins[trigger ?? ''] ?? (isTerminal && !environment['SSH_CONNECTION'] ? 'terminal' : undefined);
}
