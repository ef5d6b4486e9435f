import test from 'ava';
import fc from 'fast-check';
import {setJsonMember} from '../../source/cli/json-edit.ts';

const path = ['schedule', 'jobs', 'daily', 'cron'];

const cases: ReadonlyArray<readonly [what: string, before: string, after: string]> = [
	['a value in its place', '{"schedule":{"jobs":{"daily":{"cron":"0 2 * * *","class":"daily"}}}}', '{"schedule":{"jobs":{"daily":{"cron":"5 3 * * 1","class":"daily"}}}}'],
	['on lines, with tabs', '{\n\t"schedule": {\n\t\t"jobs": {\n\t\t\t"daily": {\n\t\t\t\t"enabled": true\n\t\t\t}\n\t\t}\n\t}\n}\n', '{\n\t"schedule": {\n\t\t"jobs": {\n\t\t\t"daily": {\n\t\t\t\t"enabled": true,\n\t\t\t\t"cron": "5 3 * * 1"\n\t\t\t}\n\t\t}\n\t}\n}\n'],
	['with two spaces, where nothing of it is there', '{\n  "repository": "/srv",\n  "sources": []\n}', '{\n  "repository": "/srv",\n  "sources": [],\n  "schedule": {\n    "jobs": {\n      "daily": {\n        "cron": "5 3 * * 1"\n      }\n    }\n  }\n}'],
	['lines of Windows', '{\r\n  "sources": []\r\n}\r\n', '{\r\n  "sources": [],\r\n  "schedule": {\r\n    "jobs": {\r\n      "daily": {\r\n        "cron": "5 3 * * 1"\r\n      }\r\n    }\r\n  }\r\n}\r\n'],
	['on one line', '{"repository": "/srv", "schedule": {"jobs": {"weekly": {}}}}', '{"repository": "/srv", "schedule": {"jobs": {"weekly": {}, "daily": {"cron": "5 3 * * 1"}}}}'],
	['an empty object', '{ }', '{"schedule": {"jobs": {"daily": {"cron": "5 3 * * 1"}}} }'],
	['names and texts with brackets and quotes', '{"a\\"{":"}]\\"","schedule":{"jobs":{"da\\u0069ly":{"cron":"x\\"}"}}}}', '{"a\\"{":"}]\\"","schedule":{"jobs":{"da\\u0069ly":{"cron":"5 3 * * 1"}}}}'],
];

for (const [what, before, after] of cases) {
	test(`one member set: ${what}`, t => {
		t.is(setJsonMember(before, path, '5 3 * * 1'), after);
	});
}

test('what is no object is not written over', t => {
	t.throws(() => setJsonMember('{"schedule": []}', path, 'x'), {instanceOf: TypeError});
	t.throws(() => setJsonMember('[]', path, 'x'), {instanceOf: TypeError});
});

test('of any object only that member is another one afterwards, and every other byte stays', t => {
	// V8 takes {"\"": 1} for {"\\": 1} where it has just parsed the latter (Node 24): such names stand in a case of their own.
	const name = fc.oneof(fc.constantFrom('a', 'b', 'schedule', '{', ',', 'é'), fc.string({maxLength: 5}).filter(text => !/["\\]/.test(text)));
	const value = fc.anything({key: name, values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(null)], maxDepth: 3});
	const indents = fc.constantFrom(undefined, '\t', 2, 4);
	let count = 0;
	fc.assert(fc.property(fc.dictionary(name, value), fc.array(name, {minLength: 1, maxLength: 4}), fc.oneof(fc.boolean(), fc.string()), indents, (object, names, wanted, indent) => {
		const expected = structuredClone<Record<string, unknown>>(object);
		let inner: Record<string, unknown> = expected;
		let previous: unknown;
		for (const [index, one] of names.entries()) {
			if (one === '__proto__') {
				return;
			}

			if (index === names.length - 1) {
				previous = inner[one];
				inner[one] = wanted;
			} else {
				const next = Object.hasOwn(inner, one) ? inner[one] : (inner[one] = {});
				if (typeof next !== 'object' || next === null || Array.isArray(next)) {
					return;
				}

				inner = next as Record<string, unknown>;
			}
		}

		const before = JSON.stringify(object, undefined, indent);
		const after = setJsonMember(before, names, wanted);
		t.deepEqual(JSON.parse(after), expected);
		let start = 0;
		while (start < before.length && before[start] === after[start]) {
			start++;
		}

		let end = 0;
		while (end < before.length - start && before.at(-1 - end) === after.at(-1 - end)) {
			end++;
		}

		// What has gone is nothing, or within the value that was there.
		const gone = before.slice(start, before.length - end);
		t.true(gone === '' || JSON.stringify(previous, undefined, indent)?.replaceAll(/\s/g, '').includes(gone.replaceAll(/\s/g, '')), gone);
		count++;
	}), {numRuns: 2000});
	t.log(`${count} objects`);
});
