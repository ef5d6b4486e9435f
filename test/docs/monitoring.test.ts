import {readFileSync} from 'node:fs';
import test from 'ava';
import {alertKinds} from '../../source/engine/index.ts';

test('docs/monitoring.md says of every kind of finding what it means, and of nothing else', t => {
	const text = readFileSync('docs/monitoring.md', 'utf8');
	const table = text.slice(text.indexOf('## What each finding means'), text.indexOf('## Limits'));
	t.deepEqual([...table.matchAll(/^\| `(?<kind>[\w-]+)` \| \S.+ \| \S.+ \|$/gm)].map(({groups}) => groups!['kind']!).toSorted(), alertKinds.toSorted());
	t.log(`${alertKinds.length} kinds`);
});
