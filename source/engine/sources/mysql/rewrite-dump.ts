import {Buffer} from 'node:buffer';
import {DumpScanner} from './dump-scanner.ts';
import {sqlName} from './mysql-server.ts';

const sandboxLine = /^\/\*M?!999999\\-/;
const name = '`(?:[^`]|``)+`';
const creation = new RegExp(String.raw`^CREATE DATABASE (?:/\*!\d{5} IF NOT EXISTS ?\*/ |IF NOT EXISTS )?${name}`);
const use = new RegExp(`^USE ${name}`);
const alteration = new RegExp(String.raw`^((?:/\*!50003 )?)ALTER DATABASE ${name}`);
const event = /^\/\*!50106 CREATE\b/;

export type RewriteOptions = {
	/** Where it shall be loaded. @default where it was made of */
	readonly database?: string;
	/** Leave out events, which would run at once where the server runs them. @default false */
	readonly isWithoutEvents?: boolean;
};

function rewriteStatement(text: Buffer, {database, isWithoutEvents = false}: RewriteOptions): Buffer | undefined {
	const statement = text.toString('latin1');
	if (sandboxLine.test(statement) || (isWithoutEvents && event.test(statement))) {
		return undefined;
	}

	let rewritten = statement;
	if (database !== undefined) {
		const target = Buffer.from(sqlName(database)).toString('latin1');
		// As functions: a name may hold what means something in a replacement.
		rewritten = rewritten.replace(creation, () => `CREATE DATABASE IF NOT EXISTS ${target}`)
			.replace(use, () => `USE ${target}`)
			.replace(alteration, (_whole, begin: string) => `${begin}ALTER DATABASE ${target}`);
	}

	return rewritten === statement ? text : Buffer.from(rewritten, 'latin1');
}

/**
A dump as it goes to the client: into the database that is meant, and without the line that switches on the sandbox, which older clients stop at; those that have a sandbox are told to use it.
@yields Good until the next is asked for.
@throws what the dump throws
*/
export async function * rewriteDump(dump: AsyncIterable<Uint8Array>, options: RewriteOptions): AsyncGenerator<Uint8Array, void> {
	let ready: Uint8Array[] = [];
	const scanner = new DumpScanner({
		pass(bytes) {
			ready.push(bytes);
		},
		statement(text) {
			const rewritten = rewriteStatement(text, options);
			if (rewritten) {
				ready.push(rewritten);
			}
		},
		insert: () => ({add() {
			// Rows pass as they are.
		}}),
	});
	for await (const piece of dump) {
		scanner.push(piece);
		yield * ready;
		ready = [];
	}

	scanner.end();
	yield * ready;
}
