import {BlockList, isIP, isIPv4} from 'node:net';

/** Where an address leads. Only a `public` one is asked without being allowed. */
export type AddressClass = 'public' | 'loopback' | 'link-local' | 'private' | 'reserved';

type Network = readonly [network: string, prefix: number];

/*
The special-purpose registries of IANA (RFC 6890 and what changed it). Of IPv6 only 2000::/3 is given out, so all else is reserved.
Link-local holds the metadata services of clouds, 169.254.169.254 and fe80::/10; fd00:ec2::254 is private.
*/
const networks: ReadonlyArray<readonly [Exclude<AddressClass, 'public'>, readonly Network[]]> = [
	['loopback', [['127.0.0.0', 8], ['::1', 128]]],
	['link-local', [['169.254.0.0', 16], ['fe80::', 10]]],
	['private', [['10.0.0.0', 8], ['100.64.0.0', 10], ['172.16.0.0', 12], ['192.168.0.0', 16], ['fc00::', 7], ['fec0::', 10]]],
	['reserved', [
		['0.0.0.0', 8], ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 3],
		['::', 3], ['4000::', 2], ['8000::', 1], ['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20],
	]],
];

/** Whether one of the networks holds an address. */
type NetworkCheck = (address: string) => boolean;

function checkOf(entries: readonly Network[]): NetworkCheck {
	// A list for each family: in one list an IPv4 address is looked for among IPv6 networks, too, by its mapped form.
	const [four, six] = [new BlockList(), new BlockList()];
	for (const [network, prefix] of entries) {
		if (isIPv4(network)) {
			four.addSubnet(network, prefix, 'ipv4');
		} else {
			six.addSubnet(network, prefix, 'ipv6');
		}
	}

	return address => {
		const reached = reachedAddress(address);
		return isIPv4(reached) ? four.check(reached, 'ipv4') : six.check(reached, 'ipv6');
	};
}

const checks = networks.map(([name, entries]) => [name, checkOf(entries)] as const);

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
	// What parses URLs writes an address in one way: hexadecimal, the longest run of zeros as "::".
	const [head = '', tail] = new URL(`http://[${address.split('%', 1)[0]}]`).hostname.slice(1, -1).split('::');
	const parse = (part: string) => part === '' ? [] : part.split(':').map(group => Number.parseInt(group, 16));
	const [before, after] = [parse(head), parse(tail ?? '')];
	return [...before, ...Array.from({length: 8 - before.length - after.length}, () => 0), ...after];
}

/** The address that is reached in the end: of an IPv4-mapped one (RFC 4291, 2.5.5.2) and of a translated one (64:ff9b::/96, RFC 6052) the IPv4 address in it. */
export function reachedAddress(address: string): string {
	if (isIPv4(address)) {
		return address;
	}

	const groups = groupsOf(address);
	const start = groups.slice(0, 6).map(group => group.toString(16)).join(':');
	const [high, low] = groups.slice(6) as [number, number];
	return start === '0:0:0:0:0:ffff' || start === '64:ff9b:0:0:0:0' ? [high >> 8, high & 0xFF, low >> 8, low & 0xFF].join('.') : groups.map(group => group.toString(16)).join(':');
}

/** @param address - Of either family, as the system writes it. */
export function classifyAddress(address: string): AddressClass {
	return checks.find(([, isInside]) => isInside(address))?.[0] ?? 'public';
}

/** What a rule means: an address, a network such as `10.0.0.0/8`, or `loopback`. */
function parseRule(rule: string): readonly Network[] | undefined {
	if (rule === 'loopback') {
		return networks[0]![1];
	}

	const {network = '', prefix} = /^(?<network>[\da-f.:]+)(?:\/(?<prefix>\d{1,3}))?$/i.exec(rule)?.groups ?? {};
	const longest = isIPv4(network) ? 32 : 128;
	const length = prefix === undefined ? longest : Number(prefix);
	if (isIP(network) === 0 || length > longest) {
		return undefined;
	}

	return [[prefix === undefined ? reachedAddress(network) : network, prefix === undefined && isIPv4(reachedAddress(network)) ? 32 : length]];
}

/** Whether `allow` of a configuration may hold it. */
export function isAddressRule(rule: string): boolean {
	return parseRule(rule) !== undefined;
}

/**
What rules cover.
@param rules - Each fulfils `isAddressRule`.
@returns Whether they cover an address.
*/
export function createAddressCheck(rules: readonly string[]): NetworkCheck {
	return checkOf(rules.flatMap(rule => parseRule(rule) ?? []));
}
