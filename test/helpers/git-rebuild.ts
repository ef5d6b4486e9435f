import process from 'node:process';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {rebuildRepository} from '../../source/engine/sources/git/rebuild-repository.ts';

// A process of its own that can be killed: makes a repository of a folder with the files of a snapshot.
const folder = process.argv[2]!;
await rebuildRepository({folder, path: folder, mayReplace: false}, {runtime: createSystemRuntime(), log: () => undefined});
