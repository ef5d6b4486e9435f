import {CofferError} from '../../errors.ts';
import {findProgram} from '../../programs/find-program.ts';
import type {ProgramContext} from '../../programs/program-call.ts';
import {runProgram} from '../../programs/run-program.ts';
import {harmlessEnvironment} from './harmless-environment.ts';

const oldestVersion = [2, 30] as const;

/** git on this machine, and its version. @throws `source-failed` */
export async function findGit(context: ProgramContext): Promise<{readonly program: string; readonly version: string}> {
	const program = findProgram(['git'], context.runtime);
	if (program === undefined) {
		throw new CofferError('source-failed', 'There is no git on this machine, which reads and makes repositories. Install it: apt install git');
	}

	const {output} = await runProgram({program, arguments: ['version'], environment: harmlessEnvironment, what: 'git version'}, context);
	const {version, major, minor} = /^git version (?<version>(?<major>\d+)\.(?<minor>\d+)(?:\.\S*)?)/.exec(output.toString('utf8'))?.groups ?? {};
	if (version === undefined || Number(major) < oldestVersion[0] || (Number(major) === oldestVersion[0] && Number(minor) < oldestVersion[1])) {
		throw new CofferError('source-failed', `git ${version ?? 'of an unknown version'} is too old; ${oldestVersion.join('.')} or later is needed. Update it: apt install git`);
	}

	return {program, version};
}
