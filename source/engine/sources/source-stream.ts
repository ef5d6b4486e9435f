import type {ByteString} from '../byte-string.ts';
import type {SecretReference} from '../programs/secret-reference.ts';
import type {Runtime} from '../runtime.ts';
import type {SourceFacts} from '../source-facts.ts';
import type {StreamedEntry} from '../streamed-entry.ts';

/** What a source is given while it is read, and a database while a dump is loaded into it. */
export type SourceContext = {
	readonly runtime: Runtime;
	/** Programs are ended when it fires. */
	readonly signal?: AbortSignal | undefined;
	/** The secret that a reference names, without the end of its line; who asks for it wipes it. @throws `configuration-invalid`, `key-file-missing`, `key-file-unsafe`, `aborted` */
	readonly readSecret: (reference: SecretReference) => Promise<Buffer>;
	/** For the log alone: what a program has written to its standard error, which versions were met. */
	readonly log: (message: string) => void;
	/** For a person, too: it is no failure, but should be known, as a repository without its submodules. */
	readonly warn: (message: string) => void;
};

/** A source that is ready to be read once: its programs are there, its server has answered. */
export type SourceStream = {
	/** What is read, for people, such as `crm on db.example:5432`. Recorded in the snapshot. */
	readonly paths: readonly string[];
	/**
	Gives everything, once. When it ends without an error, it was all there is: a dump that failed, was killed or cut short, or is empty, throws.
	@param onSkip - To be told of each entry that cannot be read though the rest can, with a reason for people.
	@throws `source-failed`, `aborted`
	*/
	entries(onSkip: (path: ByteString, reason: string) => void): AsyncIterable<StreamedEntry>;
	/** What was met, once the entries have ended. */
	facts(): SourceFacts;
	/** End what still runs, and remove what was made for the run. Called once, however it went. Never fails. */
	close(): Promise<void>;
};

/** Looks at a source and gets ready to read it. @throws `source-missing`, `source-failed`, before anything is read */
export type OpenStream<Kind> = (source: Kind, context: SourceContext) => Promise<SourceStream>;
