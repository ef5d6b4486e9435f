// XO's defaults, less what fights byte-level code; then the directions of imports and the ban on hidden clocks and randomness.
// Run by `npm run lint`, for one file `npm run lint -- FILE`.

const style = {
	// Defaults that give way: Buffer and null are at home in a program about files, and bits, loops and synchronous calls in its hot paths.
	'n/prefer-global/buffer': 'off',
	'@typescript-eslint/no-restricted-types': 'off',
	'n/prefer-promises/fs': 'off',
	'no-await-in-loop': 'off',
	'no-bitwise': 'off',
	'no-unmodified-loop-condition': 'off',
	'no-control-regex': 'off',
	'regexp/no-control-character': 'off',
	'@typescript-eslint/prefer-for-of': 'off',
	'unicorn/no-array-sort': 'off',
	'unicorn/no-array-reverse': 'off',
	'unicorn/no-break-in-nested-loop': 'off',
	'unicorn/no-for-loop': 'off',
	'unicorn/prefer-code-point': 'off',
	'unicorn/prefer-global-number-constants': 'off',
	'unicorn/prefer-math-trunc': 'off',
	'unicorn/prefer-spread': 'off',
	// Matters of taste, where the plainer code shall win.
	'capitalized-comments': 'off',
	complexity: ['error', 30],
	'max-params': ['error', {max: 5}],
	'require-unicode-regexp': 'off',
	'@stylistic/array-element-newline': 'off',
	'@stylistic/no-mixed-operators': 'off',
	'@stylistic/object-curly-newline': ['error', {consistent: true}],
	'regexp/prefer-named-capture-group': 'off',
	'regexp/prefer-w': 'off',
	'regexp/sort-character-class-elements': 'off',
	'regexp/use-ignore-case': 'off',
	'unicorn/consistent-class-member-order': 'off',
	'unicorn/consistent-compound-words': 'off',
	'unicorn/max-nested-calls': 'off',
	'unicorn/no-await-expression-member': 'off',
	'unicorn/no-declarations-before-early-exit': 'off',
	'unicorn/no-duplicate-loops': 'off',
	'unicorn/no-top-level-side-effects': 'off',
	'unicorn/prefer-early-return': 'off',
	'unicorn/prefer-iterator-to-array': 'off',
	'unicorn/prefer-simple-condition-first': 'off',
	'unicorn/prefer-smaller-scope': 'off',
	'unicorn/prefer-split-limit': 'off',
	'unicorn/prefer-string-raw': 'off',
	'unicorn/prefer-switch': 'off',
	'unicorn/prefer-ternary': 'off',
	'unicorn/prefer-unicode-code-point-escapes': 'off',
	'unicorn/single-line-block-comment-style': 'off',
	// Docstrings give meaning, shapes and error codes; types and names stand in the code.
	'jsdoc/check-param-names': 'off',
	'jsdoc/escape-inline-tags': 'off',
	'jsdoc/require-description': 'off',
	'jsdoc/require-param': 'off',
	// What is off by default, or too strict.
	'import-x/no-default-export': 'error',
	'@stylistic/max-len': ['error', {code: 200, tabWidth: 4, ignoreComments: true, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true}],
};

const typedStyle = {
	'@typescript-eslint/naming-convention': [
		'error',
		{selector: ['variable', 'classProperty', 'classMethod', 'typeMethod', 'accessor'], format: ['camelCase'], leadingUnderscore: 'allow'},
		{selector: 'variable', modifiers: ['const', 'global'], format: ['camelCase', 'PascalCase', 'UPPER_CASE']},
		{selector: 'variable', modifiers: ['destructured'], format: null},
		{selector: ['function', 'parameter'], format: ['camelCase', 'PascalCase'], leadingUnderscore: 'allow'},
		{selector: 'typeLike', format: ['PascalCase']},
	],
	'@typescript-eslint/dot-notation': ['error', {allowIndexSignaturePropertyAccess: true}],
	'@typescript-eslint/only-throw-error': ['error', {allowThrowingAny: true, allowThrowingUnknown: true}],
	'@typescript-eslint/prefer-nullish-coalescing': ['error', {ignorePrimitives: true}],
	'@typescript-eslint/strict-boolean-expressions': ['error', {
		allowNullableBoolean: true, allowNullableObject: true, allowNullableString: true, allowString: true, allowNumber: false,
	}],
	'@typescript-eslint/switch-exhaustiveness-check': ['error', {considerDefaultExhaustiveForUnions: true}],
};

/**
What each folder of the engine may import besides the base, which is every file directly in source/engine but those in `notBase`.
Of repository/ everybody gets repository.ts only.
*/
const notBase = ['engine', 'engine-options', 'index'];
const state = ['state', 'repository', 'retention'];
const engineFolders = {
	crypto: [],
	archives: [],
	chunking: [],
	storage: [],
	programs: [],
	retention: [],
	sources: ['programs'],
	state: [],
	repository: ['crypto', 'chunking', 'storage'],
	operations: ['repository', 'sources', 'programs', 'archives', 'retention'],
	monitoring: [...state, 'scheduling'],
	alerts: [...state, 'monitoring', 'scheduling', 'programs'],
	scheduling: state,
	audit: [...state, 'crypto'],
	auditing: [...state, 'audit', 'operations', 'monitoring'],
	compliance: [...state, 'audit', 'monitoring'],
	archiving: [...state, 'operations', 'monitoring', 'audit', 'auditing', 'engine-options'],
	pruning: [...state, 'operations', 'monitoring', 'audit', 'auditing', 'engine-options'],
	dumps: [...state, 'operations', 'monitoring', 'audit', 'auditing', 'engine-options'],
	keys: [...state, 'crypto', 'operations', 'monitoring', 'audit', 'auditing', 'engine-options'],
	thread: [...state, 'scheduling', 'keys', 'auditing', 'engine', 'engine-options', 'operations', 'monitoring'],
};

const without = (names, allowed) => names.filter(name => !allowed.includes(name)).join('|');

const zones = [
	{target: './source/engine', from: './source', except: ['./engine', './text'], message: 'The engine knows nothing of ui, cli or the entry files.'},
	{target: './source/engine/!(alerts)/**', from: './source/text', message: 'Only what people are told by the engine itself, in alerts, needs text for people.'},
	{target: './source/ui', from: './source/cli', message: 'cli → ui, never back.'},
	{target: './source/text', from: './source', except: ['./text'], message: 'Text for people is a base of ui and cli and knows nothing of ours.'},
	...['./source/ui', './source/cli', './source/index.ts', './source/cli.ts'].map(target => ({
		target, from: './source/engine', except: ['./index.ts'], message: 'Import from engine/index.ts, the only door of the engine.',
	})),
	{
		target: `./source/engine/!(${notBase.join('|')}).ts`,
		from: ['./source/engine/*/**', `./source/engine/@(${notBase.join('|')}).ts`],
		message: 'The base imports nothing of ours but the base.',
	},
	...Object.entries(engineFolders).map(([folder, allowed]) => ({
		target: `./source/engine/${folder}/**`,
		from: [`./source/engine/!(${[folder, ...allowed].join('|')})/**`, `./source/engine/@(${without(notBase, allowed)}).ts`],
		message: `${folder} may import only ${[...allowed, 'the base'].join(', ')} (.xo.config.js).`,
	})),
	{target: './source/engine/engine.ts', from: './source/engine/thread', message: 'The engine does not know in which thread it runs; only index.ts imports thread/.'},
	{
		target: ['./source/engine/*.ts', './source/engine/!(repository)/**'],
		from: './source/engine/repository/!(repository.ts)',
		message: 'Import from repository/repository.ts, the only door of the repository.',
	},
];

const fromRuntime = 'Take it from Runtime (engine/runtime.ts), so that tests can steer it.';
const property = (object, name) => ({object, property: name, message: fromRuntime});
const hidden = {
	'no-restricted-properties': [
		'error',
		property('Date', 'now'),
		property('Math', 'random'),
		property('performance', 'now'),
		property('process', 'env'),
		property('process', 'hrtime'),
		property('AbortSignal', 'timeout'),
		...['randomBytes', 'randomFill', 'randomFillSync', 'randomInt', 'randomUUID', 'getRandomValues'].flatMap(name => [property('crypto', name), property('webcrypto', name)]),
	],
	'no-restricted-globals': ['error', ...['setTimeout', 'setInterval', 'setImmediate'].map(name => ({name, message: fromRuntime}))],
	'no-restricted-syntax': [
		'error',
		{selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: fromRuntime},
		{selector: 'CallExpression[callee.name="Date"]', message: fromRuntime},
		{selector: 'ImportDeclaration[source.value=/^(node:)?crypto$/] ImportSpecifier[imported.name=/^(random|getRandomValues)/]', message: fromRuntime},
		{selector: 'ImportDeclaration[importKind="value"][source.value=/^(node:)?(timers|child_process)/]', message: fromRuntime},
	],
	'unicorn/prefer-abort-signal-timeout': 'off',
};

const config = [
	{ignores: ['package-lock.json', 'test/fixtures', 'test/vectors']},
	{rules: style},
	{files: ['**/*.ts', '**/*.tsx'], rules: typedStyle},
	{
		files: ['source/**'],
		rules: {
			'max-lines': ['error', {max: 300, skipBlankLines: false, skipComments: false}],
			'import-x/no-restricted-paths': ['error', {zones}],
		},
	},
	{
		files: ['source/cli/**', 'source/cli.ts'],
		rules: {
			'no-restricted-syntax': ['error', {
				selector: String.raw`:matches(ImportDeclaration[importKind!="type"], ExportNamedDeclaration, ExportAllDeclaration)[source.value=/\.\u002Fui\u002F/]`,
				message: 'Load ui by `await import()`, so that a headless run never loads React.',
			}],
		},
	},
	{files: ['source/engine/**'], ignores: ['source/engine/runtime.ts'], rules: hidden},
	{
		files: ['test/**'],
		rules: {
			'max-lines': 'off',
			'max-nested-callbacks': 'off',
			'ava/no-skip-test': 'off',
			'ava/assertion-arguments': 'off',
			'ava/no-conditional-assertion': 'off',
			'ava/no-ignored-test-files': 'off',
			'ava/no-nested-assertions': 'off',
			'node-test/no-import-test-files': 'off',
			'@typescript-eslint/strict-void-return': 'off',
		},
	},
	{files: ['.xo.config.js'], rules: {'import-x/no-default-export': 'off'}},
	{files: ['CHANGELOG.md'], rules: {'markdown/no-missing-label-refs': 'off'}},
	{
		files: ['**/package.json'],
		rules: {
			// Bundlers of others gain nothing, and ours would drop modules.
			'package-json/prefer-side-effects-field': 'off',
			'package-json/consistent-path-prefix': 'off',
			// .runtime is a workspace, and left out of what is published (docs/decisions.md).
			'package-json/require-private-when-workspaces': 'off',
			'package-json/no-overrides-in-published-package': 'off',
			'package-json/dependency-version-range': 'off',
			'package-json/prefer-type-module': 'off',
			'package-json/require-engines': 'off',
		},
	},
];

export default config;
