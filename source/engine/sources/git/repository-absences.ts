import {toDisplayText, type ByteString} from '../../byte-string.ts';
import {maskUrls} from '../../programs/mask-urls.ts';
import type {ProgramContext} from '../../programs/program-call.ts';
import type {PrivateGit} from './private-git.ts';
import {parseConfig, type RepositoryFormat} from './repository-config.ts';

export type AbsenceQuestion = {
	readonly git: PrivateGit;
	readonly program: string;
	readonly format: RepositoryFormat;
	readonly shallow: Buffer | undefined;
	/** What HEAD stands on; `undefined` where there is no commit. */
	readonly head: string | undefined;
	/** Submodules whose repositories are taken along, by name or path. */
	readonly taken: ReadonlySet<string>;
	readonly hasLfs: boolean;
	readonly hasAnnex: boolean;
};

/** A file in the tree of HEAD's commit, as long as it is small. */
async function readCommitted({git, head}: AbsenceQuestion, name: string): Promise<Buffer | undefined> {
	const listed = (await git.run(['ls-tree', '-z', '-l', '--full-tree', head!, '--', name], 'git ls-tree')).toString('latin1');
	const {id, size} = /^100\d{3} blob (?<id>[\da-f]+) +(?<size>\d+)\t/.exec(listed)?.groups ?? {};
	return id === undefined || Number(size) > 1024 * 1024 ? undefined : git.run(['cat-file', 'blob', id], 'git cat-file');
}

/** What a snapshot of a repository lacks though the repository refers to it, for people; URLs without their passwords. @throws `source-failed`, `aborted` */
export async function findAbsences(question: AbsenceQuestion, context: ProgramContext): Promise<string[]> {
	const {format, shallow, head, taken, hasLfs, hasAnnex, program} = question;
	const absences: string[] = shallow && shallow.byteLength > 0 ? ['the history before that of a shallow clone'] : [];

	if (format.isPartial) {
		absences.push('objects that the partial clone has not fetched');
	}

	if (hasAnnex) {
		absences.push('the contents that git-annex keeps');
	}

	if (head === undefined) {
		return absences;
	}

	const attributes = await readCommitted(question, '.gitattributes');
	if (attributes?.toString('latin1').includes('filter=lfs')) {
		absences.push(hasLfs ? 'those contents of Git LFS that this machine has not fetched' : 'the contents that Git LFS keeps elsewhere');
	}

	const modules = await readCommitted(question, '.gitmodules');
	if (modules) {
		const entries = await parseConfig(program, modules, 'git config of the submodules', context);
		for (const [name, value] of entries) {
			const module = /^submodule\.(?<module>.*)\.path$/s.exec(name)?.groups?.['module'];
			if (module === undefined || taken.has(module) || taken.has(toDisplayText(value))) {
				continue;
			}

			const url = entries.find(([key]) => key === `submodule.${module}.url`)?.[1] ?? ('' as ByteString);
			absences.push(`the submodule ${toDisplayText(value)}${url === '' ? '' : ` (${maskUrls(toDisplayText(url))})`}`);
		}
	}

	return absences;
}
