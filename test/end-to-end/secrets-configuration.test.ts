import {optionalTest} from '../helpers/optional-test.ts';
import {searchForSecret, waysOfConfiguration} from '../helpers/secret-ways.ts';
import {straceLack} from '../helpers/strace.ts';

for (const [name, way] of Object.entries(waysOfConfiguration)) {
	optionalTest(straceLack, `fault 34: a secret that the configuration names (${name}) gets nowhere with any command`, t => {
		t.timeout(300_000);
		searchForSecret(t, way);
	});
}
