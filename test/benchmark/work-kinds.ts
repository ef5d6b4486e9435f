/** Where a sample was taken, as perf tells it. */
export type SampledPlace = {
	readonly isKernel: boolean;
	/** The file of the code: a library, or `[JIT]…` for what V8 compiled. */
	readonly object: string;
	readonly symbol: string;
};

/** The file of the project that a function of JavaScript comes from, such as `source/engine/chunking/cut-points.ts`; `undefined` for others. */
export type FindSource = (symbol: string) => string | undefined;

/** Kinds of work, in the order of the document. */
export const workKinds = {
	zstd: 'zstd',
	sha256: 'SHA-256',
	aes: 'AES',
	crypto: 'other cryptography',
	chunker: 'chunker',
	script: 'other JavaScript, V8 and Node',
	webAssembly: 'WebAssembly',
	gc: 'garbage collection',
	libc: 'C library: copying, allocating',
	kernel: 'kernel',
	other: 'anything else',
} as const;

export type WorkKind = keyof typeof workKinds;

export const workKindNames = Object.keys(workKinds) as readonly WorkKind[];

const nativeKinds: ReadonlyArray<readonly [RegExp, WorkKind]> = [
	[/^(?:ZSTD|HUF|FSE|HIST|XXH|ZDICT)/, 'zstd'],
	[/^sha256|SHA256/, 'sha256'],
	[/^(?:aesni|vaes|aes_|AES_)/, 'aes'],
	[/^(?:EVP_|OPENSSL_|CRYPTO_|ossl_|ERR_|BN_|bn_|ASN1_|sha\d|x25519|ecp_|EC_|scrypt|salsa|HMAC|OSSL_)/, 'crypto'],
	[/Mark(?:ing|Compact|er)|Scaveng|Sweep|Evacuat|GarbageColl|^v8::internal::(?:Heap|NewSpace|PagedSpace|SemiSpace|MemoryAllocator|BodyDescriptor)|cppgc/, 'gc'],
];

/** What kind of work was done where a sample was taken. */
export function kindOf({isKernel, object, symbol}: SampledPlace, findSource: FindSource): WorkKind {
	if (isKernel || object === '[vdso]') {
		return 'kernel';
	}

	if (object.startsWith('[JIT]')) {
		if (/^(?:wasm|WASM)/.test(symbol)) {
			return 'webAssembly';
		}

		return findSource(symbol)?.includes('/chunking/') ? 'chunker' : 'script';
	}

	if (/^(?:libc|libm|libpthread|ld-linux)\b/.test(object)) {
		return 'libc';
	}

	if (object === 'node' || object.startsWith('libnode')) {
		return nativeKinds.find(([pattern]) => pattern.test(symbol))?.[1] ?? 'script';
	}

	return object.startsWith('libcrypto') ? (nativeKinds.find(([pattern]) => pattern.test(symbol))?.[1] ?? 'crypto') : 'other';
}
