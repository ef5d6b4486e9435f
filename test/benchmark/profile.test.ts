import {spawnSync} from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {createFolder} from '../helpers/source-folder.ts';
import {createSourceFinder, parsePerfReport, sumKinds} from './perf-report.ts';
import {addProfiles, totalOf, type ProfileResult} from './profile-result.ts';
import {stepNames} from './figures.ts';
import {createSection} from './report-samples.ts';
import {renderReport} from './report.ts';
import {kindOf, type WorkKind} from './work-kinds.ts';

const report = `# To display the perf.data header info, please use --header/--header-only options.
#
# Samples: 10K of event 'cpu-clock'
# Event count (approx.): 4000000000
#
# Overhead|Shared Object  |Symbol
 50.00%  |node                |[.] ZSTD_compressBlock_doubleFast   |-      -
 20.00%  |[kernel.kallsyms]   |[k] _copy_to_iter
 15.00%  |[JIT] tid 27511     |[.] JS:*'next file:///app/dist/chunk.js:4:7
  5.00%  |[JIT] tid 27511     |[.] JS:*'walk file:///app/dist/chunk.js:6:7
 10.00%  |libc.so.6           |[.] __memmove_avx512_unaligned_erms

`;

const bundle = ['import x from "x";', '// source/engine/chunking/cut-points.ts', 'class A {', '\tnext() {', '// source/engine/operations/backup/tree-walker.ts', '\twalk() {'].join('\n');

test('the report of perf comes to processor seconds by kind of work', t => {
	const parsed = parsePerfReport(report);
	t.is(parsed.seconds, 4);
	t.is(parsed.places.length, 5);
	let reads = 0;
	const sums = sumKinds(parsed, createSourceFinder(() => {
		reads++;
		return bundle;
	}));
	t.is(reads, 1);
	t.deepEqual(Object.fromEntries(Object.entries(sums).map(([kind, seconds]) => [kind, Number(seconds.toFixed(6))])), {zstd: 2, kernel: 0.8, chunker: 0.6, script: 0.2, libc: 0.4});
	t.throws(() => parsePerfReport('no samples'), {message: /perf printed no report:\nno samples/});
});

const native = {isKernel: false, object: 'node'};
for (const [symbol, kind] of [
	['ZSTD_decompressSequences_bmi2.constprop.0', 'zstd'], ['HUF_decompress4X2_usingDTable_internal_fast_c_loop', 'zstd'], ['FSE_buildCTable_wksp', 'zstd'],
	['sha256_block_data_order_shaext', 'sha256'], ['aesni_cbc_encrypt', 'aes'], ['EVP_DigestInit_ex', 'crypto'],
	['v8::internal::ConcurrentMarking::RunMajor', 'gc'], ['v8::internal::Sweeper::RawSweep', 'gc'], ['v8::internal::Scavenger::ScavengeObject<v8::internal::FullHeapObjectSlot>', 'gc'],
	['Builtins_LoadIC', 'script'], ['v8::internal::Scanner::Next', 'script'], ['node::fs::Read', 'script'],
] as const satisfies ReadonlyArray<readonly [string, WorkKind]>) {
	test(`${symbol} is ${kind}`, t => {
		t.is(kindOf({...native, symbol}, () => undefined), kind);
	});
}

test('the kind of what is not in Node itself', t => {
	const of = (object: string, symbol: string, isKernel = false): WorkKind => kindOf({isKernel, object, symbol}, () => undefined);
	t.is(of('[ext4]', 'ext4_getattr', true), 'kernel');
	t.is(of('libc.so.6', 'malloc'), 'libc');
	t.is(of('libcrypto.so.3', 'aesni_cbc_encrypt'), 'aes');
	t.is(of('libcrypto.so.3', '0x000000000012ab'), 'crypto');
	t.is(of('[JIT] tid 1', 'wasm-function[3]'), 'webAssembly');
	t.is(of('[JIT] tid 1', '0x00007f152800648f'), 'script');
	t.is(of('libstdc++.so.6', 'operator new'), 'other');
});

test('the mean of rounds, and what stands in the document', t => {
	const roundOf = (zstd: number, kernel: number) => Object.fromEntries(stepNames.map(step => [step, {zstd, ...(kernel > 0 && {kernel})}])) as Parameters<typeof addProfiles>[0][number];
	const steps = addProfiles([roundOf(2, 1), roundOf(4, 0)]);
	t.deepEqual(steps.verify, {zstd: 3, kernel: 0.5});
	t.is(totalOf(steps.verify), 3.5);
	const {date, machine, rounds} = createSection([{kind: 'server', contenders: [{id: 'coffer', key: 'coffer', rounds: [1]}]}]);
	const before: ProfileResult = {date, machine, rounds, size: 1, frequency: 999, program: 'coffer 0.1.0, commit 1234567', steps};
	const document = renderReport({sections: {}, profiles: {before}});
	t.true(document.includes('### Before the work on speed\n\ncoffer 0.1.0, commit 1234567, on 2026-11-21'));
	t.true(document.includes('\n| zstd | 3.00 (86 %) | 3.00 (86 %) |'));
	t.true(document.includes('\n| kernel | 0.50 (14 %) |'));
	t.true(document.includes('\n| together | 3.50 | 3.50 |'));
	t.false(document.includes('After it'));
});

test('a wrong profile, and a machine without perf, are told in a line', t => {
	const run = (argv: readonly string[], searchPath: string) => spawnSync(process.execPath, ['test/benchmark/profile.ts', ...argv], {encoding: 'utf8', env: {PATH: searchPath}});
	const empty = createFolder(t);
	const without = run(['after', '--print'], empty);
	t.is(without.status, 1);
	t.regex(without.stderr, /^perf is not found, .*apt-get install linux-perf\n$/);
	for (const argv of [[], ['sometime'], ['before', 'after'], ['before', '--rounds', '0']]) {
		const {status, stderr} = run(argv, path.dirname(process.execPath));
		t.is(status, 2);
		t.regex(stderr, /^(?:Name the profile: before or after\.|--rounds takes a whole number)/);
	}
});
