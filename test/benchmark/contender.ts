import type {Tool} from './tools/tool.ts';
import {tools, type ToolKey} from './tools/tools.ts';

/** Who takes part in a section: a tool, as it comes or in one of several ways. */
export type Contender = {
	/** Unique among those of a section; a folder's name. */
	readonly id: string;
	readonly key: ToolKey;
	readonly tool: Tool;
	/** How many processors it may use. @default all */
	readonly processors?: number;
	/** How many worker threads it is told to start. @default as it comes */
	readonly threads?: number;
};

/** Tools as they come. */
export function asTheyCome(keys: readonly ToolKey[]): Contender[] {
	return keys.map(key => ({id: key, key, tool: tools[key]}));
}
