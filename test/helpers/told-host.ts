import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {createCertificate} from './certificates.ts';
import {startHttpSink} from './http-sink.ts';
import {mailUser, startMailSink} from './mail-sink.ts';
import type {MailPart} from './parse-mail.ts';
import {TestHost, type Outcome} from './run-coffer.ts';

/** What somebody was told of an alert: `raised late etc`. */
export type ToldEvent = {readonly event: string; readonly kind: string; readonly object: string; readonly message: string};

const password = 'mail-Pa55word';

function textOf({headers, body, parts}: MailPart): string {
	const isHtml = headers.some(([name, value]) => name.toLowerCase() === 'content-type' && value.startsWith('text/html'));
	return isHtml ? '' : [body, ...parts.map(part => textOf(part))].join('\n');
}

/** A host whose alerts go to a mail server (STARTTLS, with a password) and to a webhook (signed), both real, with a clock that a test moves. */
export class ToldHost {
	readonly host: TestHost;
	/** The program's clock is ahead of the machine's by so much, in milliseconds. */
	aheadMs = 0;
	readonly #mail: Awaited<ReturnType<typeof startMailSink>>;
	readonly #hook: Awaited<ReturnType<typeof startHttpSink>>;
	readonly #alerts: unknown;
	#seen = {mails: 0, requests: 0};

	private constructor(host: TestHost, mail: ToldHost['mail'], hook: ToldHost['hook'], alerts: unknown) {
		this.host = host;
		this.#mail = mail;
		this.#hook = hook;
		this.#alerts = alerts;
	}

	/** @param host - @default a new one with an empty repository */
	static async start(t: ExecutionContext, host?: TestHost): Promise<ToldHost> {
		const certificate = createCertificate(t);
		const mail = await startMailSink(t, {certificate, password});
		const hook = await startHttpSink(t);
		const own = host ?? new TestHost(t);
		mkdirSync(path.dirname(own.configFile), {recursive: true, mode: 0o700});
		for (const [name, secret] of [['mail-password', password], ['hook-key', 'a key of more than sixteen bytes']] as const) {
			writeFileSync(own.path(name), secret, {mode: 0o600});
		}

		const told = new ToldHost(own, mail, hook, {channels: {
			mail: {type: 'email', host: 'localhost', port: mail.port, ca: certificate.file, user: mailUser, password: {file: own.path('mail-password')}, from: 'coffer@example.org', to: ['admin@example.org', 'night@example.org']},
			hook: {type: 'webhook', url: `${hook.origin}/alerts`, insecure: true, allow: ['loopback'], key: {file: own.path('hook-key')}},
		}});
		if (host === undefined) {
			await own.runHere(['init', '--quiet']);
		}

		return told;
	}

	get mail() {
		return this.#mail;
	}

	get hook() {
		return this.#hook;
	}

	/** Write the configuration anew. */
	configure(sources: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): void {
		const {repository, configFile, keyFile} = this.host;
		writeFileSync(configFile, JSON.stringify({repository, key: {file: keyFile}, sources, alerts: this.#alerts, schedule: {timeZone: 'UTC', jobs: {}}, ...more}), {mode: 0o600});
	}

	/** Run the program at the time that its clock shows. */
	async coffer(...argv: readonly string[]): Promise<Outcome> {
		const system = createSystemRuntime();
		return this.host.runHere(argv, {runtime: {...system, now: () => system.now() + this.aheadMs}});
	}

	/** Resolves when both channels have had so many notices: several processes may tell at once. */
	async received(count: number): Promise<void> {
		await Promise.all([this.hook.received(count), this.mail.received(count)]);
	}

	/**
	What came since the last call, by the webhook; each mail that came tells of the same, to both mailboxes.
	@throws where the two channels were told other things
	*/
	news(t: ExecutionContext): ToldEvent[] {
		const mails = this.mail.mails.slice(this.#seen.mails);
		const requests = this.hook.requests.slice(this.#seen.requests);
		this.#seen = {mails: this.mail.mails.length, requests: this.hook.requests.length};
		const events = requests.map(({body}) => (JSON.parse(body) as {readonly alerts: readonly ToldEvent[]}).alerts.map(({event, kind, object, message}) => ({event, kind, object, message})));
		t.is(mails.length, events.length, 'as many mails as requests');
		for (const [index, news] of events.entries()) {
			const {mail, to, isEncrypted} = mails[index]!;
			t.deepEqual(to, ['admin@example.org', 'night@example.org']);
			t.true(isEncrypted);
			const text = textOf(mail).replaceAll(/\s+/g, ' ');
			for (const {object, message} of news) {
				t.is(text.split(`${object}: ${message}`.replaceAll(/\s+/g, ' ')).length, 2, `once in the mail: ${object}: ${message}\n${text}`);
			}
		}

		return events.flat();
	}

	/** The keys of the alerts that are open now, by the command. */
	async open(): Promise<string[]> {
		const {stdout} = await this.coffer('alerts', 'list', '--json');
		return (JSON.parse(stdout) as ReadonlyArray<{readonly key: string}>).map(({key}) => key);
	}
}
