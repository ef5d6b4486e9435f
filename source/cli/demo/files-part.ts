import {createHash} from 'node:crypto';
import {chmod, mkdir, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {formatAmount} from '../../text/format.ts';
import type {DemoPart, DemoScene} from './demo-part.ts';
import {describeFolder} from './folder-contents.ts';

const siteCount = 40;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** The configuration of the application: small files, a link, a file with a secret. */
export function createFilesPart({machine, restored}: DemoScene): DemoPart {
	const folder = path.join(machine, 'etc', 'crm');
	let expected: Awaited<ReturnType<typeof describeFolder>> | undefined;
	return {
		name: 'crm-config',
		title: 'configuration tree',
		async create() {
			await mkdir(path.join(folder, 'sites'), {recursive: true});
			for (let site = 1; site <= siteCount; site++) {
				await writeFile(path.join(folder, 'sites', `customer-${site}.conf`), `server_name customer-${site}.example;\nworkers ${site % 8};\n`);
			}

			await writeFile(path.join(folder, 'secret.env'), 'API_TOKEN=only-for-the-demonstration\n', {mode: 0o600});
			await symlink('sites/customer-1.conf', path.join(folder, 'default.conf'));
		},
		source: () => ({name: 'crm-config', paths: [folder], classification: 'restricted'}),
		async change() {
			await writeFile(path.join(folder, 'sites', 'customer-7.conf'), 'server_name customer-7.example;\nworkers 64;\n');
			await chmod(path.join(folder, 'sites', 'customer-8.conf'), 0o640);
		},
		async lose() {
			expected = await describeFolder(folder);
		},
		async restore(run) {
			await run(['restore', 'latest:crm-config', '--target', restored]);
		},
		async compare() {
			const found = await describeFolder(path.join(restored, folder));
			const say = ({entries, text}: typeof found) => `${formatAmount(entries, 'entry', 'entries')}, ${digest(text)}`;
			return [{what: 'names, modes and contents', expected: say(expected!), found: say(found)}];
		},
		close: async () => undefined,
	};
}
