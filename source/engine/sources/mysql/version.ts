/** Which program or server it is. */
export type Version = {
	readonly isMariaDb: boolean;
	readonly numbers: readonly number[];
	/** For people: `MariaDB 10.11.19`. */
	readonly text: string;
};

function createVersion(isMariaDb: boolean, digits: string): Version {
	return {isMariaDb, numbers: digits.split('.').map(Number), text: `${isMariaDb ? 'MariaDB' : 'MySQL'} ${digits}`};
}

/**
Of a client program, by what it prints for `--version`: `mariadb-dump  Ver 10.19 Distrib 10.11.19-MariaDB, …`, `mariadb-dump from 11.4.2-MariaDB, client 10.19 …`, `mysqldump  Ver 8.0.36 for Linux …`.
*/
export function readClientVersion(printed: string): Version | undefined {
	const found = /\b(?:Distrib|from) (\d+\.\d+\.\d+)/.exec(printed) ?? /\bVer (\d+\.\d+\.\d+)/.exec(printed);
	return found ? createVersion(/mariadb/i.test(printed), found[1]!) : undefined;
}

/** Of a server, by its `VERSION()` and `@@version_comment`: `10.11.19-MariaDB-0+deb12u1`, `8.0.36`. */
export function readServerVersion(version: string, comment: string): Version | undefined {
	const found = /^(?:5\.5\.5-)?(\d+\.\d+\.\d+)/.exec(version);
	return found ? createVersion(/mariadb/i.test(`${version} ${comment}`), found[1]!) : undefined;
}

/** Whether the first is of an older release series than the second, by the first two numbers. */
export function isOlder(one: Version, other: Version): boolean {
	const [major = 0, minor = 0] = one.numbers;
	const [otherMajor = 0, otherMinor = 0] = other.numbers;
	return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
