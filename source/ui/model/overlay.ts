import type {Buffer} from 'node:buffer';
import type {LineEdit} from '../line-edit.ts';
import type {SecretInput} from '../secret-input.ts';
import type {VerifyDepth} from './job.ts';

/** A line to type, for a name, a note or a filter. */
type Typing = {readonly line: LineEdit};

/** What is to be said of a text that is being typed, for people. */
export type Examination = {readonly problem: string; readonly notes?: undefined} | {readonly problem?: undefined; readonly notes: readonly string[]};

/** What lies over the screen and takes the keys. What it leads to is called when it is answered. */
export type Overlay =
	/** @param offset - Lines of it that are above what is seen. */
	| {readonly kind: 'help'; readonly query: LineEdit; readonly offset: number}
	| {readonly kind: 'palette'; readonly line: LineEdit; readonly choice: number; readonly recalled: number}
	/** The filter of a list: seen at once, Enter keeps it, Escape takes it back. `onKeep` is told of the Enter. */
	| Typing & {readonly kind: 'filter'; readonly before: string; readonly onChange: (text: string) => void; readonly onKeep?: () => void}
	/** `examine` says while it is typed what is wrong with it, which Enter does not take, or what it means. @param problem - Of what was answered before. */
	| Typing & {readonly kind: 'prompt'; readonly title: string; readonly hint: string; readonly problem?: string; readonly examine?: (text: string) => Examination; readonly onAnswer: (text: string) => void}
	/** `y` goes on, everything else does not. */
	| {readonly kind: 'confirm'; readonly title: string; readonly lines: readonly string[]; readonly onConfirm: () => void}
	/** Goes on only when `word` was typed; pasting is refused. */
	| Typing & {readonly kind: 'typed'; readonly title: string; readonly lines: readonly string[]; readonly word: string; readonly problem?: string; readonly onConfirm: () => void}
	/** A secret to type: hidden unless it `isShown`, which Tab changes. `onAnswer` is given the bytes to keep or wipe; it closes the overlay, or gives what is wrong with them. */
	| {readonly kind: 'secret'; readonly title: string; readonly lines: readonly string[]; readonly input: SecretInput; readonly isShown: boolean; readonly canPaste: boolean; readonly problem?: string; readonly onAnswer: (typed: Buffer) => string | undefined}
	| {readonly kind: 'verify'; readonly subject: string; readonly depth: VerifyDepth; readonly onChoose: (depth: VerifyDepth) => void}
	/** @param offset - Lines of it that are above what is seen. @default 0 @param isHigh - At the upper edge, so that what is below stays in sight. @default false */
	| {readonly kind: 'message'; readonly title: string; readonly lines: readonly string[]; readonly offset?: number; readonly isHigh?: boolean}
	/** Jobs run, and somebody wants to leave. */
	| {readonly kind: 'leave'};
