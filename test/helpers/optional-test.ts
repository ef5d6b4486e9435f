import test, {type ExecutionContext} from 'ava';

/**
Register a test that needs something which not every machine has. Where it is lacking the test is skipped, and its title says why.
@param lack - What is lacking, for people; `undefined` where the test can run.
*/
export function optionalTest(lack: string | undefined, title: string, implementation: (t: ExecutionContext) => void | Promise<void>): void {
	if (lack === undefined) {
		test(title, implementation);
	} else {
		test.skip(`${title} (skipped: ${lack})`, implementation);
	}
}
