import type {Buffer} from 'node:buffer';
import {fromBytes, type ByteString} from '../../byte-string.ts';
import {CofferError} from '../../errors.ts';
import {runProgram} from '../../programs/run-program.ts';
import type {ProgramContext} from '../../programs/program-call.ts';
import {onePiece} from '../pieces.ts';
import {harmlessEnvironment} from './harmless-environment.ts';

export type ObjectFormat = 'sha1' | 'sha256';

/** What a repository's configuration says of how it is stored. Nothing else of it is ever in force. */
export type RepositoryFormat = {
	readonly objectFormat: ObjectFormat;
	/** Some objects may be missing, as a remote repository has them. */
	readonly isPartial: boolean;
};

/** Extensions (git-config(1)) that change nothing for who reads objects, refs and files as we do. */
const harmlessExtensions = new Set(['noop', 'noop-v1', 'preciousobjects', 'worktreeconfig', 'relativeworktrees']);

/** The entries of a configuration, as git parses it; what it includes is left out. Names are in lower case but for their middle part. @throws `source-failed` with git's words */
export async function parseConfig(git: string, content: Buffer, what: string, context: ProgramContext): Promise<ReadonlyArray<readonly [name: ByteString, value: ByteString]>> {
	const {output} = await runProgram({
		program: git,
		arguments: ['config', '--file', '-', '--no-includes', '--list', '-z'],
		environment: harmlessEnvironment,
		what,
	}, context, {input: onePiece(content)});
	return fromBytes(output).split('\0').filter(entry => entry !== '').map(entry => {
		const end = entry.indexOf('\n');
		return (end === -1 ? [entry, 'true'] : [entry.slice(0, end), entry.slice(end + 1)]) as [ByteString, ByteString];
	});
}

/** @throws `source-failed` for what this version cannot read */
export function readFormat(entries: ReadonlyArray<readonly [string, string]>, path: string): RepositoryFormat {
	const values = new Map(entries);
	const version = values.get('core.repositoryformatversion') ?? '0';
	const refuse = (reason: string, advice: string) => new CofferError('source-failed', `The repository ${path} cannot be read: ${reason}. ${advice}`, {context: {path}});
	if (version !== '0' && version !== '1') {
		throw refuse(`its format has the version ${version}, which is not known`, 'A later version of coffer may read it.');
	}

	const extensions = entries.filter(([name]) => name.startsWith('extensions.')).map(([name, value]) => [name.slice('extensions.'.length).toLowerCase(), value] as const);
	let objectFormat: ObjectFormat = 'sha1';
	let isPartial = entries.some(([name, value]) => /^remote\..*\.promisor$/.test(name) && /^(?:true|yes|on|1)$/i.test(value));
	for (const [name, value] of version === '1' ? extensions : extensions.filter(([name]) => name === 'partialclone')) {
		if (name === 'objectformat' && (value === 'sha1' || value === 'sha256')) {
			objectFormat = value;
		} else if (name === 'partialclone') {
			isPartial = true;
		} else if (name === 'refstorage' && value !== 'files') {
			throw refuse(`its refs are stored as "${value}"`, 'Turn them into files first: git refs migrate --ref-format=files');
		} else if (name !== 'refstorage' && !harmlessExtensions.has(name)) {
			throw refuse(`it uses the extension "${name}" (${value}), which is not known`, 'A later version of coffer may read it.');
		}
	}

	return {objectFormat, isPartial};
}
