import {once} from 'node:events';
import {createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse} from 'node:http';
import {createServer as createTlsServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import type {ExecutionContext} from 'ava';
import type {TestCertificate} from './certificates.ts';

/** What somebody has sent. */
export type ReceivedRequest = {readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: string};

/** How a sink answers; `count` is 1 at the first request. */
export type Answer = (response: ServerResponse, request: ReceivedRequest, count: number) => void;

/** A receiver of requests on loopback. */
export type HttpSink = {
	readonly port: number;
	/** `http://127.0.0.1:PORT`, or https. */
	readonly origin: string;
	readonly requests: readonly ReceivedRequest[];
	/** Resolves when so many requests have come. */
	received(count: number): Promise<void>;
};

/** Every request is met with this status. */
export const answerWith = (status: number, headers: Readonly<Record<string, string>> = {}, body = ''): Answer => response => {
	response.writeHead(status, headers).end(body);
};

/** The first request is met with the first answer, and so on; all others with the last. */
export const answerInTurn = (...answers: readonly Answer[]): Answer => (response, request, count) => {
	answers[Math.min(count, answers.length) - 1]!(response, request, count);
};

/** Requests are taken, and nothing is said. */
export const answerNever: Answer = () => undefined;

export type HttpSinkOptions = {
	/** @default 200 and nothing */
	readonly answer?: Answer;
	/** Makes it speak https. */
	readonly certificate?: TestCertificate;
};

/** Start a sink that ends with the test. */
export async function startHttpSink(t: ExecutionContext, {answer = answerWith(200), certificate}: HttpSinkOptions = {}): Promise<HttpSink> {
	const requests: ReceivedRequest[] = [];
	const waiting = new Set<() => void>();
	const onRequest = async (message: IncomingMessage, response: ServerResponse) => {
		const pieces = await Array.fromAsync(message as AsyncIterable<Buffer>);
		const request = {method: message.method!, url: message.url!, headers: message.headers, body: Buffer.concat(pieces).toString()};
		requests.push(request);
		answer(response, request, requests.length);
		for (const look of waiting) {
			look();
		}
	};

	const listener = (message: IncomingMessage, response: ServerResponse) => {
		void onRequest(message, response);
	};

	const server = certificate ? createTlsServer({cert: certificate.certificate, key: certificate.key}, listener) : createServer(listener);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
	});
	const {port} = server.address() as AddressInfo;
	return {
		port,
		origin: `http${certificate ? 's' : ''}://127.0.0.1:${port}`,
		requests,
		received: async count => new Promise(resolve => {
			const look = () => {
				if (requests.length >= count) {
					waiting.delete(look);
					resolve();
				}
			};

			waiting.add(look);
			look();
		}),
	};
}
