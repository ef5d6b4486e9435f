import test from 'ava';
import {bindings, bindingsOf, findBinding, keyGroups, keyText, keysText, type Binding} from '../../source/ui/keymap.ts';
import {handlerOf} from '../../source/ui/screens/registry.ts';

const all: readonly Binding[] = bindings;
const screens = [...new Set(all.flatMap(binding => binding.screens))];

for (const screen of screens) {
	test(`${screen}: no key means two things, and everything that is bound does something`, t => {
		const seen = new Map<string, string>();
		for (const binding of bindingsOf(screen)) {
			for (const key of binding.keys) {
				t.is(seen.get(key), undefined, `${key} is ${seen.get(key)} and ${binding.action}`);
				seen.set(key, binding.action);
			}

			t.truthy(handlerOf(screen, binding.action), `${binding.action} has no handler`);
		}

		t.log(`${seen.size} keys`);
	});

	test(`${screen}: can be left, helped and drawn anew`, t => {
		t.true(['back', 'quit'].includes(findBinding(screen, 'escape')?.action ?? ''));
		t.is(findBinding(screen, 'ctrl-c')?.action, 'interrupt');
		t.is(findBinding(screen, '?')?.action, 'help');
		t.is(findBinding(screen, 'ctrl-l')?.action, 'redraw');
		t.is(findBinding(screen, 'no such key'), undefined);
	});
}

test('keys as the design has them', t => {
	const keys = {
		j: 'down', k: 'up', g: 'first', G: 'last', tab: 'next-pane', 1: 'pane-1', 5: 'pane-5', z: 'zoom', enter: 'open', '/': 'filter', s: 'sort', ':': 'palette', '?': 'help', q: 'quit',
		b: 'backup', v: 'verify', r: 'restore', K: 'rotate', a: 'acknowledge', x: 'cancel', c: 'schedule', A: 'audit', l: 'log', R: 'refresh', 'ctrl-l': 'redraw', 'ctrl-z': 'suspend',
	};
	for (const [key, action] of Object.entries(keys)) {
		t.is(findBinding('main', key)?.action, action as Binding['action'], key);
	}

	t.false(all.some(({keys: names}) => names.some(name => /^f\d+$/.test(name))));
});

test('texts are short and end without a full stop; every group has keys', t => {
	for (const {help, label} of all) {
		t.false(help.endsWith('.'));
		t.true(label.length <= 13, label);
	}

	t.true(keyGroups.every(group => all.some(binding => binding.group === group)));
	t.deepEqual(['enter', 'ctrl-l', 'page-up', 'b'].map(key => keyText(key)), ['Enter', 'Ctrl-L', 'PgUp', 'b']);
	t.is(keysText({keys: ['up', 'k']}), 'Up k');
});
