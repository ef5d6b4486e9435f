import {appendFileSync, mkdirSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {createByteStream} from '../helpers/test-runtime.ts';

/** A source of the demonstration: where its files lie below the demonstration's folder, what is there at first, and what another day changes. */
export type DemoSource = {
	readonly name: string;
	readonly folder: string;
	/** @param write - Takes a path below the source's folder. */
	readonly begin: (write: Write) => void;
	/** @param files.day - Counts from 1. */
	readonly change: (files: {readonly write: Write; readonly append: Write; readonly day: number}) => void;
	/** What has come since the last night. */
	readonly today?: (write: Write) => void;
};

type Write = (file: string, content: string | Uint8Array) => void;

const bytes = (seed: string, kilobytes: number): Buffer => createByteStream(`demo ${seed}`)(kilobytes * 1000);
const lines = (count: number, line: (index: number) => string): string => Array.from({length: count}, (_, index) => `${line(index)}\n`).join('');
const mail = (seed: number): string => `From alerts@example.org Mon Nov  2 07:00:00 2026\nSubject: Report ${seed}\n\n${lines(40, index => `job ${seed}.${index} ended well, ${(seed * 7919 + index * 104_729) % 86_400} s`)}\n`;
const site = (name: string): string => `server {\n\tlisten 443 ssl;\n\tserver_name ${name};\n\troot /srv/www/${name};\n\tssl_certificate /etc/ssl/${name}.pem;\n}\n`;
const rows = (from: number, count: number): string => lines(count, index => `INSERT INTO orders VALUES (${from + index}, 'customer ${(from + index) * 7919 % 9973}', '2026-11-${String((from + index) % 28 + 1).padStart(2, '0')}', ${(from + index) * 31 % 90_000});`);

/** What a small server has. All of it is made up, and the same at every run. */
export const demoSources: readonly DemoSource[] = [
	{
		name: 'etc',
		folder: 'etc',
		begin(write) {
			write('hosts', '127.0.0.1 localhost\n10.0.0.5 vault01\n10.0.0.8 db01\n');
			write('fstab', 'UUID=1f2e /    ext4 defaults 0 1\nUUID=77aa /srv ext4 noatime  0 2\n');
			write('ssh/sshd_config', 'Port 22\nPermitRootLogin no\nPasswordAuthentication no\n');
			write('nginx/nginx.conf', 'user www-data;\nworker_processes auto;\ninclude sites-enabled/*;\n');
			for (const name of ['shop.example.org', 'wiki.example.org', 'git.example.org']) {
				write(`nginx/sites-enabled/${name}`, site(name));
			}

			write('postgresql/15/main/postgresql.conf', lines(120, index => `setting_${index} = ${index * 3}`));
			write('cron.d/coffer', '0 2 * * * root coffer backup --headless --quiet\n');
		},
		change({append, day}) {
			if (day % 4 === 0) {
				append('hosts', `10.0.0.${day + 20} worker${day}\n`);
			}
		},
	},
	{
		name: 'www',
		folder: 'srv/www',
		begin(write) {
			for (const page of ['index', 'about', 'imprint', 'prices', 'contact']) {
				write(`shop/${page}.html`, `<!doctype html>\n<title>${page}</title>\n${lines(60, index => `<p>${page}, paragraph ${index}</p>`)}`);
			}

			write('shop/style.css', lines(200, index => `.box-${index} { margin: ${index % 7}px }`));
			for (let index = 1; index <= 24; index++) {
				write(`shop/images/product-${String(index).padStart(2, '0')}.jpg`, bytes(`image ${index}`, 90 + index * 11 % 60));
			}
		},
		change({write, day}) {
			write('shop/prices.html', `<!doctype html>\n<title>prices</title>\n${lines(60, index => `<p>${index}: ${(index * day * 31) % 900} EUR</p>`)}`);
			write(`shop/images/news-${String(day).padStart(2, '0')}.jpg`, bytes(`news ${day}`, 140));
		},
	},
	{
		name: 'git',
		folder: 'srv/git',
		begin(write) {
			for (const name of ['infrastructure', 'shop']) {
				write(`${name}.git/HEAD`, 'ref: refs/heads/main\n');
				write(`${name}.git/config`, '[core]\n\trepositoryformatversion = 0\n\tbare = true\n');
				write(`${name}.git/refs/heads/main`, `${bytes(`${name} head`, 1).toString('hex', 0, 20)}\n`);
				write(`${name}.git/objects/pack/pack-${bytes(name, 1).toString('hex', 0, 8)}.pack`, bytes(`${name} pack`, 1600));
			}
		},
		change({write, day}) {
			const object = bytes(`commit ${day}`, 3);
			write(`shop.git/objects/${object.toString('hex', 0, 1)}/${object.toString('hex', 1, 20)}`, object);
			write('shop.git/refs/heads/main', `${object.toString('hex', 0, 20)}\n`);
		},
	},
	{
		name: 'mail',
		folder: 'var/mail',
		begin(write) {
			for (const box of ['anna', 'ben', 'office']) {
				write(`${box}/inbox.mbox`, lines(150, index => mail(index + box.length)));
			}
		},
		change({append, day}) {
			append('office/inbox.mbox', mail(1000 + day));
		},
		today(write) {
			// Enough for a backup that takes a while.
			write('office/attachments.mbox', bytes('attachments', 180_000));
		},
	},
	{
		name: 'orders-db',
		folder: 'var/lib/dumps',
		begin(write) {
			write('orders.sql', `CREATE TABLE orders (id int, customer text, day date, cents int);\n${rows(1, 40_000)}`);
		},
		change({append, day}) {
			append('orders.sql', rows(40_000 + day * 400, 400));
		},
	},
	{
		name: 'home',
		folder: 'home',
		begin(write) {
			write('anna/thesis.tex', String.raw`\documentclass{article}` + `\n${lines(400, index => `Sentence ${index} of the thesis.`)}`);
			write('anna/docs/contracts/offer.txt', lines(80, index => `${index}. clause`));
			write('anna/docs/invoices/2026-11.csv', lines(100, index => `${index};${index * 17 % 900}`));
			write('ben/notes.md', '# Notes\n\n- rotate the key in November\n');
			for (let index = 1; index <= 12; index++) {
				write(`ben/photos/IMG_${4000 + index}.jpg`, bytes(`photo ${index}`, 300));
			}
		},
		change({append, day}) {
			append('anna/thesis.tex', lines(5, index => `Sentence ${index} of day ${day}.`));
			append('ben/notes.md', `- day ${day}\n`);
		},
	},
];

/** What a source's files go through: how they stood at first, a night's changes, or what has come today. */
export type DemoChange = 'begin' | 'today' | {readonly day: number};

/** Make or change the files of a source; all that is written, and the folders that hold it, get the time `timeMs`. */
export function writeDemoSource(root: string, {folder, begin, change, today}: DemoSource, what: DemoChange, timeMs: number): void {
	const base = path.join(root, folder);
	const using = (action: (file: string, content: string | Uint8Array) => void): Write => (name, content) => {
		const file = path.join(base, name);
		mkdirSync(path.dirname(file), {recursive: true});
		action(file, content);
		for (let changed = file; changed.startsWith(base); changed = path.dirname(changed)) {
			utimesSync(changed, timeMs / 1000, timeMs / 1000);
		}
	};

	if (what === 'begin') {
		begin(using(writeFileSync));
	} else if (what === 'today') {
		today?.(using(writeFileSync));
	} else {
		change({write: using(writeFileSync), append: using(appendFileSync), day: what.day});
	}
}
