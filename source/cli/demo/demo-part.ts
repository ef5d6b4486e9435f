import type {Runtime} from '../../engine/index.ts';
import type {SourceInFile} from '../source-schemas.ts';

/** What the parts of the application are made with. */
export type DemoScene = {
	/** The application's machine: what is lost. Absolute. */
	readonly machine: string;
	/** Where it is brought back. Absolute; made by the restore. */
	readonly restored: string;
	readonly runtime: Runtime;
	readonly signal: AbortSignal;
};

/** Something that was there before the loss and is looked for afterwards. */
export type DemoCheck = {
	readonly what: string;
	readonly expected: string;
	readonly found: string;
};

/** Runs coffer's own command line, with the given arguments. @throws where its exit code is not 0 */
export type RunDemoCommand = (argv: readonly string[]) => Promise<void>;

/** One part of the application: made, changed, written to while it is backed up, lost, restored and compared. */
export type DemoPart = {
	/** Of its source. */
	readonly name: string;
	/** For people: `Git repository`. */
	readonly title: string;
	create(): Promise<void>;
	/** As it stands in the configuration; asked once it was created. */
	source(): SourceInFile;
	/** A day's work. */
	change(): Promise<void>;
	/** Write until the signal fires. @default nobody writes */
	write?(until: AbortSignal): Promise<void>;
	/** What is known of it is remembered elsewhere; then its machine goes. */
	lose(): Promise<void>;
	restore(run: RunDemoCommand): Promise<void>;
	compare(): Promise<readonly DemoCheck[]>;
	/** End what runs. Never fails. */
	close(): Promise<void>;
};
