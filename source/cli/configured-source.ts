import path from 'node:path';
import type {Hook, SecretReference, Source} from '../engine/index.ts';
import {parseAmount} from './data-share.ts';
import type {ConfiguredSource} from './source-schemas.ts';

type HookInFile = NonNullable<ConfiguredSource['before']>;

const minuteMs = 60_000;

function toHook(hook: HookInFile): Hook {
	if (Array.isArray(hook)) {
		return {command: hook};
	}

	const {minutes, ...program} = hook;
	return {...program, ...(minutes !== undefined && {timeoutMs: minutes * minuteMs})};
}

/** The members whose value is given, of those that the schema leaves out or sets to `undefined`. */
type Given<Value> = {[Key in keyof Value]: Exclude<Value[Key], undefined>};

function given<Value extends Readonly<Record<string, unknown>>>(value: Value): Given<Value> {
	return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Given<Value>;
}

/**
A source as the engine takes it: paths absolute, amounts in bytes, times in milliseconds.
@param folder - Where relative paths begin.
*/
export function toSource(source: ConfiguredSource, folder: string): Source {
	const absolute = (one: string) => path.resolve(folder, one);
	const secret = (reference: SecretReference): SecretReference => 'file' in reference ? {file: absolute(reference.file)} : reference;
	const {class: _class, tags: _tags, retention: _retention, monitor: _monitor, limits, before, after, ...rest} = source;
	const common = {
		...(limits?.minutes !== undefined && {maximumDurationMs: limits.minutes * minuteMs}),
		...(limits?.size !== undefined && {maximumBytes: parseAmount(limits.size)!}),
		...(before && {before: toHook(before)}),
		...(after && {after: toHook(after)}),
	};
	switch (rest.kind) {
		case 'files': {
			const {canaries, ...others} = rest;
			return {...given(others), ...common, paths: rest.paths.map(one => absolute(one)), ...(canaries && {canaries: canaries.map(one => absolute(one))})};
		}

		case 'git':
		case 'sqlite': {
			return {...given(rest), ...common, paths: rest.paths.map(one => absolute(one))};
		}

		case 'postgres': {
			const {url, serviceFile, passFile, ...others} = rest;
			return {...given(others), ...common, ...(url && {url: secret(url)}), ...(serviceFile && {serviceFile: absolute(serviceFile)}), ...(passFile && {passFile: absolute(passFile)})};
		}

		case 'mysql': {
			const {url, defaultsFile, socket, ...others} = rest;
			return {...given(others), ...common, ...(url && {url: secret(url)}), ...(defaultsFile && {defaultsFile: absolute(defaultsFile)}), ...(socket && {socket: absolute(socket)})};
		}

		case 'command': {
			const {minimumSize, workingFolder, ...others} = rest;
			return {...given(others), ...common, ...(minimumSize && {minimumBytes: parseAmount(minimumSize)!}), ...(workingFolder && {workingFolder: absolute(workingFolder)})};
		}
	}
}
