import type {ScreenKind} from './screens/screen.ts';

/** The groups of the help. */
export const keyGroups = ['act', 'view', 'move'] as const;
export type KeyGroup = typeof keyGroups[number];

const restore = ['restore-snapshot', 'restore-pick', 'restore-target', 'restore-preview', 'restore-run'] as const satisfies readonly ScreenKind[];
const everywhere = ['main', 'source', ...restore, 'diff', 'log', 'alerts', 'audit', 'keys', 'rotation', 'recovery', 'schedule', 'prune', 'job', 'set-up'] as const satisfies readonly ScreenKind[];
const lists = everywhere.filter(screen => screen !== 'recovery');
const withRepository = everywhere.filter(screen => screen !== 'set-up');

type BindingShape = {
	readonly action: string;
	/** Names as `KeyPress` has them. */
	readonly keys: readonly string[];
	/** How people write the keys, where they are not named one by one. */
	readonly keyRange?: string;
	readonly screens: readonly ScreenKind[];
	readonly group: KeyGroup;
	/** One or two words for the footer. */
	readonly label: string;
	/** For the help and the README. */
	readonly help: string;
	/** Where it stands in the footer, lower first; `undefined`: only in the help. */
	readonly footer?: number;
};

/**
Every key of the dashboard: from this table the footer, the help, the command palette and the README's table are made. Of several bindings of one key the first that belongs to the screen counts.
*/
export const bindings = [
	{action: 'up', keys: ['up', 'k'], screens: lists, group: 'move', label: 'up', help: 'one row up'},
	{action: 'down', keys: ['down', 'j'], screens: lists, group: 'move', label: 'down', help: 'one row down'},
	{action: 'first', keys: ['g', 'home'], screens: lists, group: 'move', label: 'first', help: 'first row'},
	{action: 'last', keys: ['G', 'end'], screens: lists, group: 'move', label: 'last', help: 'last row'},
	{action: 'page-up', keys: ['page-up', 'ctrl-b'], screens: lists, group: 'move', label: 'page up', help: 'one page up'},
	{action: 'page-down', keys: ['page-down', 'ctrl-f'], screens: lists, group: 'move', label: 'page down', help: 'one page down'},
	{action: 'next-pane', keys: ['tab', 'right'], screens: ['main'], group: 'move', label: 'pane', help: 'next pane'},
	{action: 'previous-pane', keys: ['shift-tab', 'left', 'h'], screens: ['main'], group: 'move', label: 'pane back', help: 'previous pane'},
	{action: 'pane-1', keys: ['1'], screens: ['main'], group: 'move', label: 'backups', help: 'pane Backups'},
	{action: 'pane-2', keys: ['2'], screens: ['main'], group: 'move', label: 'keys', help: 'pane Keys'},
	{action: 'pane-3', keys: ['3'], screens: ['main'], group: 'move', label: 'storage', help: 'pane Storage'},
	{action: 'pane-4', keys: ['4'], screens: ['main'], group: 'move', label: 'alerts', help: 'pane Alerts'},
	{action: 'pane-5', keys: ['5'], screens: ['main'], group: 'move', label: 'jobs', help: 'pane Jobs'},
	{action: 'next-pane', keys: ['tab'], screens: ['source'], group: 'move', label: 'details', help: 'to what the snapshot holds, and back to the list', footer: 5},
	{action: 'backup', keys: ['b'], screens: ['main', 'source', 'alerts'], group: 'act', label: 'backup', help: 'back up this source now', footer: 1},
	{action: 'backup-all', keys: ['B'], screens: ['main'], group: 'act', label: 'backup all', help: 'back up all sources now'},
	{action: 'verify', keys: ['v'], screens: ['main', 'source'], group: 'act', label: 'verify', help: 'verify: quick, sample or full', footer: 2},
	{action: 'restore', keys: ['r'], screens: ['main', 'source'], group: 'act', label: 'restore', help: 'restore from a snapshot', footer: 3},
	{action: 'diff', keys: ['d'], screens: ['source'], group: 'act', label: 'diff', help: 'compare with the marked snapshot, or the one before', footer: 4},
	{action: 'days-ago', keys: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'], keyRange: '0-9', screens: ['restore-snapshot'], group: 'move', label: 'days ago', help: 'the newest snapshot that is at least so many days old', footer: 2},
	{action: 'mark', keys: ['space'], screens: ['source', 'restore-pick', 'set-up'], group: 'act', label: 'mark', help: 'mark, or take the mark away', footer: 0},
	{action: 'mark', keys: ['space'], screens: ['restore-target'], group: 'act', label: 'change', help: 'change what stands at the cursor, of a server', footer: 4},
	{action: 'mark-all', keys: ['*'], screens: ['restore-pick'], group: 'act', label: 'all', help: 'mark all; with a filter, all that matches', footer: 9},
	{action: 'mark-none', keys: ['-'], screens: ['restore-pick'], group: 'act', label: 'none', help: 'take all marks away', footer: 10},
	{action: 'next-step', keys: ['n'], screens: ['restore-snapshot', 'restore-target'], group: 'act', label: 'next', help: 'next step'},
	{action: 'next-step', keys: ['n'], screens: ['restore-pick'], group: 'act', label: 'next', help: 'next step; without a mark, with the entry at the cursor', footer: 1},
	{action: 'confirm', keys: ['y'], screens: ['restore-preview'], group: 'act', label: 'restore', help: 'restore what the preview shows', footer: 1},
	{action: 'policy', keys: ['o'], screens: ['restore-target', 'restore-preview'], group: 'act', label: 'overwrite', help: 'what happens to files or databases that exist', footer: 5},
	{action: 'add', keys: ['+'], screens: ['set-up'], group: 'act', label: 'add folder', help: 'add a folder as a source', footer: 2},
	{action: 'run-job', keys: ['b'], screens: ['schedule'], group: 'act', label: 'run now', help: 'run the job at the cursor now', footer: 3},
	{action: 'enable', keys: ['space'], screens: ['schedule'], group: 'act', label: 'on/off', help: 'switch the job on or off, in the configuration', footer: 2},
	{action: 'hold', keys: ['H'], screens: ['schedule'], group: 'act', label: 'hold', help: 'start jobs when they are due, from this dashboard; or let go of that', footer: 5},
	{action: 'edit', keys: ['e'], screens: ['schedule'], group: 'act', label: 'edit cron', help: 'edit when the job runs, in the configuration; checked while you type', footer: 1},
	{action: 'edit', keys: ['e'], screens: ['restore-target', 'set-up'], group: 'act', label: 'edit', help: 'edit the target or the field', footer: 6},
	{action: 'acknowledge', keys: ['a'], screens: ['main', 'alerts'], group: 'act', label: 'ack', help: 'acknowledge the alert', footer: 5},
	{action: 'note', keys: ['n'], screens: ['alerts'], group: 'act', label: 'ack with note', help: 'acknowledge with a note', footer: 6},
	{action: 'unacknowledge', keys: ['u'], screens: ['alerts'], group: 'act', label: 'un-ack', help: 'take the acknowledgement back', footer: 7},
	{action: 'cancel', keys: ['x'], screens: ['main', 'source', 'restore-run', 'rotation', 'prune', 'job'], group: 'act', label: 'cancel', help: 'stop the job, safely', footer: 7},
	{action: 'confirm', keys: ['enter', 'P'], screens: ['prune'], group: 'act', label: 'prune', help: 'do what the preview shows; asks to type a word', footer: 1},
	{action: 'prune', keys: ['P'], screens: ['main', 'source', 'schedule'], group: 'act', label: 'prune', help: 'preview what retention forgets, and what that frees', footer: 12},
	{action: 'mark', keys: ['space'], screens: ['rotation'], group: 'act', label: 'keys/data', help: 'rotate the keys only, or write all data anew, too', footer: 2},
	{action: 'rotate', keys: ['K'], screens: ['main'], group: 'act', label: 'rotate key', help: 'rotate the key, or see how far that is', footer: 10},
	{action: 'rotate', keys: ['K', 'r'], screens: ['keys'], group: 'act', label: 'rotate', help: 'rotate the key, or see how far that is', footer: 1},
	{action: 'rotate', keys: ['enter', 'K', 'r'], screens: ['rotation'], group: 'act', label: 'rotate', help: 'rotate, or take up a rotation that was begun; asks to type a word', footer: 1},
	{action: 'export', keys: ['e'], screens: ['keys'], group: 'act', label: 'recovery key', help: 'make a recovery key: a file, and a code that is shown once', footer: 2},
	{action: 'check', keys: ['c'], screens: ['keys'], group: 'act', label: 'check it', help: 'prove that a recovery key opens everything', footer: 3},
	{action: 'open', keys: ['enter'], screens: ['recovery'], group: 'act', label: 'written down', help: 'leave, once the first group is typed back', footer: 1},
	{action: 'open', keys: ['enter'], screens: ['main', 'source', 'alerts'], group: 'view', label: 'open', help: 'open what the cursor stands on', footer: 6},
	{action: 'open', keys: ['enter', 'right', 'l'], screens: ['restore-snapshot'], group: 'view', label: 'choose', help: 'look into the snapshot', footer: 1},
	{action: 'open', keys: ['enter', 'right', 'l'], screens: ['restore-pick'], group: 'view', label: 'open', help: 'open or close the folder; of a match: show it in its folder; after a failure: try again', footer: 2},
	{action: 'open', keys: ['enter', 'right', 'l'], screens: ['restore-target'], group: 'view', label: 'preview', help: 'show what the restore would do', footer: 1},
	{action: 'open', keys: ['enter'], screens: ['restore-preview'], group: 'view', label: 'try again', help: 'look again, where it failed'},
	{action: 'open', keys: ['enter'], screens: ['restore-run'], group: 'view', label: 'close', help: 'leave, when it is done; a server: change it', footer: 8},
	{action: 'open', keys: ['enter'], screens: ['diff', 'log', 'audit'], group: 'view', label: 'details', help: 'everything about the entry or line', footer: 2},
	{action: 'open', keys: ['enter'], screens: ['schedule'], group: 'view', label: 'last runs', help: 'the last runs of the job, with what came of them', footer: 4},
	{action: 'open', keys: ['enter'], screens: ['set-up'], group: 'act', label: 'create', help: 'create what is shown', footer: 1},
	{action: 'close', keys: ['left', 'h', 'backspace'], screens: ['restore-pick'], group: 'view', label: 'up', help: 'close the folder, or go to the one above'},
	{action: 'back', keys: ['left', 'h', 'backspace'], screens: ['restore-target'], group: 'view', label: 'back', help: 'one step back'},
	{action: 'back', keys: ['n', 'left', 'h', 'backspace'], screens: ['restore-preview'], group: 'view', label: 'no, back', help: 'restore nothing, one step back'},
	{action: 'back', keys: ['escape'], screens: withRepository, group: 'view', label: 'back', help: 'back; on the main screen: no filter, no zoom', footer: 20},
	{action: 'zoom', keys: ['z'], screens: ['main'], group: 'view', label: 'zoom', help: 'the pane alone, and back'},
	{action: 'filter', keys: ['/'], screens: ['main', 'restore-pick', 'diff', 'log', 'alerts', 'audit', 'prune'], group: 'view', label: 'find', help: 'show only what matches', footer: 7},
	{action: 'sort', keys: ['s'], screens: ['main'], group: 'view', label: 'sort', help: 'next order of the sources', footer: 12},
	{action: 'hidden', keys: ['.'], screens: ['restore-pick'], group: 'view', label: 'hidden', help: 'show or hide names that begin with a dot', footer: 11},
	{action: 'version', keys: ['t'], screens: ['restore-pick'], group: 'view', label: 'older', help: 'the same place in the next older snapshot', footer: 8},
	{action: 'newer-version', keys: ['T'], screens: ['restore-pick'], group: 'view', label: 'newer', help: 'the same place in the next newer snapshot'},
	{action: 'all-alerts', keys: ['f'], screens: ['alerts'], group: 'view', label: 'open/all', help: 'only open alerts, or all', footer: 8},
	{action: 'only-going', keys: ['f'], screens: ['prune'], group: 'view', label: 'going/all', help: 'only the snapshots that go, or all', footer: 2},
	{action: 'span', keys: ['t'], screens: ['schedule'], group: 'view', label: '24h/7d', help: 'the next 24 hours, or the next 7 days', footer: 6},
	{action: 'channel', keys: ['c'], screens: ['log'], group: 'view', label: 'channel', help: 'the next of the logs alone: backup, cron, monitor, security; or all together', footer: 3},
	{action: 'level', keys: ['w'], screens: ['log'], group: 'view', label: 'level', help: 'only warnings and errors, only errors, or all lines', footer: 4},
	{action: 'follow', keys: ['f'], screens: ['log'], group: 'view', label: 'follow', help: 'follow the end of the log, or stay', footer: 1},
	{action: 'schedule', keys: ['c'], screens: ['main', 'source'], group: 'view', label: 'schedule', help: 'what runs when, and what starts it', footer: 13},
	{action: 'audit', keys: ['A'], screens: ['main', 'alerts'], group: 'view', label: 'audit', help: 'the audit log: who did what; verified as it opens', footer: 14},
	{action: 'log', keys: ['l'], screens: ['main', 'source', 'restore-run', 'alerts', 'audit', 'keys', 'rotation', 'schedule', 'prune', 'job'], group: 'view', label: 'log', help: 'the logs, as they grow', footer: 11},
	{action: 'palette', keys: [':'], screens: everywhere, group: 'view', label: 'cmd', help: 'command by name, with completion', footer: 17},
	{action: 'help', keys: ['?'], screens: everywhere, group: 'view', label: 'help', help: 'all keys of this screen', footer: 18},
	{action: 'quit', keys: ['q'], screens: ['main'], group: 'view', label: 'quit', help: 'quit', footer: 19},
	{action: 'quit', keys: ['q', 'escape'], screens: ['set-up'], group: 'view', label: 'quit', help: 'quit, and create nothing', footer: 19},
	{action: 'back', keys: ['q'], screens: ['source', ...restore, 'diff', 'log', 'alerts', 'audit', 'keys', 'rotation', 'recovery', 'schedule', 'prune', 'job'], group: 'view', label: 'back', help: 'back'},
	{action: 'refresh', keys: ['R'], screens: withRepository, group: 'view', label: 'refresh', help: 'look at the repository again, now'},
	{action: 'redraw', keys: ['ctrl-l'], screens: everywhere, group: 'view', label: 'redraw', help: 'draw the screen anew'},
	{action: 'suspend', keys: ['ctrl-z'], screens: everywhere, group: 'view', label: 'suspend', help: 'leave to the shell; fg comes back'},
	{action: 'interrupt', keys: ['ctrl-c'], screens: everywhere, group: 'view', label: 'leave', help: 'leave; asks when a job runs'},
] as const satisfies readonly BindingShape[];

export type Binding = BindingShape & {readonly action: ActionId};
export type ActionId = (typeof bindings)[number]['action'];

/** The bindings of one screen. */
export function bindingsOf(screen: ScreenKind): Binding[] {
	return (bindings as readonly Binding[]).filter(({screens}) => screens.includes(screen));
}

/** What a key does on a screen. */
export function findBinding(screen: ScreenKind, keyName: string): Binding | undefined {
	return bindingsOf(screen).find(({keys}) => keys.includes(keyName));
}

const keyTexts: Readonly<Record<string, string>> = {
	enter: 'Enter', escape: 'Esc', space: 'Space', tab: 'Tab', 'shift-tab': 'Shift-Tab', up: 'Up', down: 'Down', left: 'Left', right: 'Right',
	home: 'Home', end: 'End', 'page-up': 'PgUp', 'page-down': 'PgDn', backspace: 'Backspace',
};

/** A key as people write it: `Enter`, `Ctrl-L`, `b`. */
export function keyText(name: string): string {
	return keyTexts[name] ?? (name.startsWith('ctrl-') ? `Ctrl-${name.slice('ctrl-'.length).toUpperCase()}` : name);
}

/** All keys of a binding as people write them: `Enter Right l`, `0-9`. */
export function keysText({keys, keyRange}: Pick<BindingShape, 'keys' | 'keyRange'>): string {
	return keyRange ?? keys.map(key => keyText(key)).join(' ');
}

/** The key that a footer has room for: `Enter`, `0-9`. */
export function firstKeyText({keys, keyRange}: Pick<BindingShape, 'keys' | 'keyRange'>): string {
	return keyRange ?? keyText(keys[0]!);
}
