import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import test from 'ava';
import {keysOfAlerts} from '../../source/cli/alerts-schema.ts';
import {checkConfig, describeProblems} from '../../source/cli/config.ts';
import {channelKinds} from '../../source/engine/index.ts';
import {startHttpSink, type ReceivedRequest} from '../helpers/http-sink.ts';
import {noticeOf} from '../helpers/notices.ts';
import {channelSecrets, noSignal, testChannel} from '../helpers/test-channel.ts';

const text = readFileSync('docs/alerts.md', 'utf8');

const blocksOf = (language: string): string[] => [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(?<content>.*?)^\`\`\`$`, 'gms'))].map(({groups}) => groups!['content']!);

test('every configuration of docs/alerts.md is one, and there is one for each kind of channel', async t => {
	const examples = blocksOf('json');
	const kinds = new Set<string>();
	for (const example of examples) {
		const {config, problems} = await checkConfig(example);
		t.deepEqual(problems, [], `${example}: ${describeProblems(problems)}`);
		for (const {type} of Object.values(config?.alerts?.channels ?? {})) {
			kinds.add(type);
		}
	}

	t.deepEqual([...kinds].toSorted(), channelKinds.toSorted());
	t.log(`${examples.length} examples`);
});

test('docs/alerts.md says of every key what it means, and of no other', t => {
	const section = (heading: string) => text.split(/^## /m).find(part => part.startsWith(`${heading}\n`))!;
	const told = (part: string) => [...part.matchAll(/^\| (?<keys>`[a-zA-Z]+`(?:, `[a-zA-Z]+`)*) \|/gm)].flatMap(({groups}) => groups!['keys']!.replaceAll('`', '').split(', ')).toSorted();
	const common = new Set(['type', 'severity', 'digest']);
	const keys = (type: string) => keysOfAlerts(['channels', 'x'], {type}).filter(key => !common.has(key)).toSorted();
	t.deepEqual(told(section('E-mail')), keys('email'));
	t.deepEqual(told(section('Webhook')), keys('webhook'));
	t.deepEqual(told(section('ntfy')), keys('ntfy'));
	t.deepEqual(told(section('Dead man\'s switch')), ['allow', 'ca', 'insecure', 'jobs', 'url']);
	t.deepEqual(told(text.split('## E-mail')[0]!), [...keysOfAlerts([], {}), ...common].toSorted());
});

test('the receiver of docs/alerts.md takes what a webhook sends, and nothing else', async t => {
	const folder = mkdtempSync(path.join(tmpdir(), 'coffer-receiver-'));
	t.teardown(() => {
		rmSync(folder, {recursive: true, force: true});
	});
	const [source] = blocksOf('js');
	const file = path.join(folder, 'receiver.mjs');
	writeFileSync(file, source!);
	const {isFromCoffer} = await import(pathToFileURL(file).href) as {isFromCoffer(headers: ReceivedRequest['headers'], body: string, key: string): boolean};
	const sink = await startHttpSink(t);
	await testChannel({kind: 'webhook', url: sink.origin, key: {env: 'KEY'}, rules: {allow: ['loopback'], isInsecure: false}}).send(noticeOf([{object: 'Ärger'}]), noSignal);
	const [{headers, body}] = sink.requests as [ReceivedRequest];
	const key = channelSecrets.KEY;
	t.true(isFromCoffer(headers, body, key));
	t.false(isFromCoffer(headers, `${body} `, key));
	t.false(isFromCoffer(headers, body, `${key}x`));
	t.false(isFromCoffer({...headers, 'x-coffer-timestamp': String(Number(headers['x-coffer-timestamp']) + 1)}, body, key));
	t.false(isFromCoffer({...headers, 'x-coffer-signature': 'sha256='}, body, key));
	t.false(isFromCoffer({}, body, key));
});
