import {readFileSync} from 'node:fs';

/**
The version of this program, from the package.json one folder above. The same path is right for the sources and for the flat folder of built files.
*/
export function readVersion(): string {
	const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {version: string};
	return manifest.version;
}
