import {Buffer} from 'node:buffer';
import {ScriptReader} from './script-reader.ts';

/** The statements of a script without rows, each with its semicolon. Whatever psql itself would carry out is left out: lines of it, and statements that hide one. */
export function readStatements(script: Uint8Array): string[] {
	const statements: string[] = [];
	const reader = new ScriptReader({hasContents: false, onStatement(statement) {
		const outside = statement.replaceAll(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, '');
		if (!outside.includes('\\')) {
			statements.push(statement);
		}

		return undefined;
	}});
	reader.add(Buffer.from(script));
	return statements;
}
