import process from 'node:process';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {backUpGit, restoreGit} from './git-repositories.ts';
import {createTestRepository} from './repository-session.ts';

// A process of its own: backs a repository up with its working tree, and restores it. Ends with 1 where anything is amiss.
const [source, target] = process.argv.slice(2);
const {session} = await createTestRepository(createSystemRuntime());
const {summary, messages} = await backUpGit(session, {paths: [source!], workingTree: true});
const {problems} = await restoreGit(session, target!);
process.stdout.write(JSON.stringify({messages, problems}));
process.exitCode = summary.unreadable + problems.length === 0 ? 0 : 1;
