import {borg} from './borg.ts';
import {coffer} from './coffer.ts';
import {duplicity} from './duplicity.ts';
import {pipeline} from './pipeline.ts';
import {restic} from './restic.ts';
import type {Tool} from './tool.ts';

/** Every tool by the word that `--only` takes; what the others are compared with stands first. */
export const tools = {coffer, restic, borg, duplicity, pipeline} as const satisfies Record<string, Tool>;

export type ToolKey = keyof typeof tools;

export const toolKeys = Object.keys(tools) as readonly ToolKey[];
