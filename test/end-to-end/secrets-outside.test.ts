import {optionalTest} from '../helpers/optional-test.ts';
import {searchForSecret, waysFromOutside} from '../helpers/secret-ways.ts';
import {straceLack} from '../helpers/strace.ts';

for (const [name, way] of Object.entries(waysFromOutside)) {
	optionalTest(straceLack, `fault 34: a secret from outside of the configuration (${name}) gets nowhere with any command`, t => {
		t.timeout(300_000);
		searchForSecret(t, way);
	});
}
