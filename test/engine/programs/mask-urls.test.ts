import test from 'ava';
import {maskUrls} from '../../../source/engine/programs/mask-urls.ts';

const cases: ReadonlyArray<readonly [string, string]> = [
	['fetch https://user:geheim@host/x.git failed', 'fetch https://user:***@host/x.git failed'],
	['https://ghp_token@github.example/x', 'https://***@github.example/x'],
	['ssh://git@host/x and postgresql://backup@db:5432/crm', 'ssh://git@host/x and postgresql://backup@db:5432/crm'],
	['postgresql://backup:p%40ss@db/crm', 'postgresql://backup:***@db/crm'],
	['two: a://b:c@d a://b:e@d', 'two: a://b:***@d a://b:***@d'],
	['git@host:path https://host/a@b', 'git@host:path https://host/a@b'],
	['https://:only@host', 'https://:***@host'],
];

for (const [text, masked] of cases) {
	test(`masked: ${text}`, t => {
		t.is(maskUrls(text), masked);
	});
}
