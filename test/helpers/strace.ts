import {spawnSync} from 'node:child_process';

/** Why strace cannot be used here; `undefined` where it can. */
export const straceLack: string | undefined = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0 ? undefined : 'strace is not installed or may not trace';
