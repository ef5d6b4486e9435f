import test from 'ava';
import type {Key} from 'ink';
import {toKeyPresses} from '../../source/ui/key-press.ts';

const none: Key = {
	upArrow: false, downArrow: false, leftArrow: false, rightArrow: false, pageDown: false, pageUp: false, home: false, end: false, return: false, escape: false, ctrl: false, shift: false,
	tab: false, backspace: false, delete: false, meta: false, super: false, hyper: false, capsLock: false, numLock: false,
};

const names = (input: string, key: Partial<Key> = {}): string[] => toKeyPresses(input, {...none, ...key}).map(({name}) => name);

test('named keys, with and without modifiers', t => {
	t.deepEqual(names('', {upArrow: true}), ['up']);
	t.deepEqual(names('', {pageDown: true}), ['page-down']);
	t.deepEqual(names('\r', {return: true}), ['enter']);
	t.deepEqual(names('', {tab: true}), ['tab']);
	t.deepEqual(names('', {tab: true, shift: true}), ['shift-tab']);
	t.deepEqual(names('c', {ctrl: true}), ['ctrl-c']);
	t.deepEqual(names('L', {ctrl: true}), ['ctrl-l']);
	t.deepEqual(names(' '), ['space']);
});

test('several keys that arrive at once are several keys', t => {
	t.deepEqual(names('jjk\rq'), ['j', 'j', 'k', 'enter', 'q']);
	t.deepEqual(names('a\u0003\u007F'), ['a', 'ctrl-c', 'backspace']);
});

test('what is no key is none: releases, unknown sequences, C1 controls', t => {
	t.deepEqual(names('a', {eventType: 'release'}), []);
	t.deepEqual(names('x', {meta: true}), []);
	t.deepEqual(names('\u009B'), []);
});
