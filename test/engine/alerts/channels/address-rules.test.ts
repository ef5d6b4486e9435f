import test from 'ava';
import fc from 'fast-check';
import {classifyAddress, createAddressCheck, isAddressRule, reachedAddress, type AddressClass} from '../../../../source/engine/alerts/channels/address-rules.ts';

const known: ReadonlyArray<readonly [AddressClass, readonly string[]]> = [
	['public', ['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0', '223.255.255.255', '2606:4700::1111', '2a00::', '3ffe::1', '::ffff:1.1.1.1', '64:ff9b::8.8.8.8']],
	['loopback', ['127.0.0.1', '127.0.0.0', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::127.0.0.1', '64:ff9b::7f00:1']],
	['link-local', ['169.254.0.0', '169.254.169.254', '169.254.255.255', 'fe80::1', 'fe80::1%eth0', 'febf:ffff::', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '64:ff9b::169.254.169.254']],
	['private', ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255', '100.64.0.0', '100.127.255.255', 'fc00::', 'fdff:ffff::', 'fd00:ec2::254', 'fec0::1', '::ffff:10.0.0.1', '64:ff9b::192.168.0.1']],
	['reserved', ['0.0.0.0', '0.255.255.255', '192.0.0.1', '192.0.2.1', '198.18.0.0', '198.19.255.255', '198.51.100.7', '203.0.113.9', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '::', '::7f00:1', 'ff02::1', '2001::1', '2001:db8::1', '2002:7f00:1::', '64:ff9b:1::1', '100::1', '4000::', 'fe00::1', '1fff:ffff::']],
];

test('addresses of every special network, and their neighbours', t => {
	let count = 0;
	for (const [expected, addresses] of known) {
		for (const address of addresses) {
			t.is(classifyAddress(address), expected, address);
			count++;
		}
	}

	t.log(`${count} addresses`);
});

const ipv4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
const hex = (value: number) => value.toString(16);

/** What RFC 6890 and its registry give to no server of the internet, worked out by hand. */
function isSpecial([a, b, c]: readonly number[]): boolean {
	return a === 0 || a === 10 || a === 127 || a! >= 224
		|| (a === 100 && b! >= 64 && b! < 128) || (a === 169 && b === 254) || (a === 172 && b! >= 16 && b! < 32)
		|| (a === 192 && (b === 168 || (b === 0 && (c === 0 || c === 2)) || (b === 88 && c === 99)))
		|| (a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100))) || (a === 203 && b === 0 && c === 113);
}

test('an IPv4 address is judged alike in every way to write it', t => {
	let special = 0;
	const [first, second, third] = [fc.constantFrom(0, 10, 100, 127, 169, 172, 192, 198, 203, 224), fc.constantFrom(0, 16, 18, 31, 51, 63, 64, 88, 127, 168, 254), fc.constantFrom(0, 2, 99, 100, 113)];
	const near = fc.tuple(first, second, third, fc.nat(255));
	fc.assert(fc.property(fc.oneof(ipv4, near), bytes => {
		const address = bytes.join('.');
		const [a, b, c, d] = bytes;
		const low = `${hex(a * 256 + b)}:${hex(c * 256 + d)}`;
		const forms = [`::ffff:${address}`, `::ffff:${low}`, `0:0:0:0:0:FFFF:${low.toUpperCase()}`, `64:ff9b::${address}`, `0064:ff9b:0::0:${low}`];
		special += isSpecial(bytes) ? 1 : 0;
		const own = classifyAddress(address);
		return (own !== 'public') === isSpecial(bytes) && forms.every(form => classifyAddress(form) === own && reachedAddress(form) === address);
	}), {numRuns: 3000});
	t.true(special > 300);
	t.log(`${special} special ones`);
});

test('of IPv6 only what is given out is public', t => {
	const groups = fc.array(fc.oneof(fc.nat(0xFF_FF), fc.constantFrom(0, 1, 0x20_01, 0xFE_80, 0xFC_00)), {minLength: 8, maxLength: 8});
	fc.assert(fc.property(groups, parts => {
		const address = parts.map(part => hex(part)).join(':');
		const first = parts[0]!;
		const isPublic = classifyAddress(address) === 'public';
		const isTranslated = parts.slice(0, 6).map(part => hex(part)).join(':') === '64:ff9b:0:0:0:0' || parts.slice(0, 6).map(part => hex(part)).join(':') === '0:0:0:0:0:ffff';
		return !isPublic || isTranslated || (first >= 0x20_00 && first <= 0x3F_FF && first !== 0x20_02 && !(first === 0x20_01 && parts[1]! < 0x2_00));
	}), {numRuns: 3000});
	t.is(classifyAddress('2001:200::1'), 'public');
});

test('rules cover what they name, in every way to write it, and nothing else', t => {
	const isCovered = (rules: readonly string[], address: string) => createAddressCheck(rules)(address);
	t.true(isCovered(['192.168.1.5'], '192.168.1.5'));
	t.true(isCovered(['192.168.1.5'], '::ffff:192.168.1.5'));
	t.true(isCovered(['::ffff:192.168.1.5'], '192.168.1.5'));
	t.false(isCovered(['192.168.1.5'], '192.168.1.6'));
	t.true(isCovered(['10.0.0.0/8'], '10.255.0.1'));
	t.false(isCovered(['10.0.0.0/8'], '11.0.0.1'));
	t.true(isCovered(['fd00::/8'], 'fd12::1'));
	t.false(isCovered(['fd00::/8'], 'fc12::1'));
	t.true(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].every(address => isCovered(['loopback'], address)));
	t.false(isCovered(['loopback'], '169.254.169.254'));
	t.false(isCovered([], '127.0.0.1'));
	fc.assert(fc.property(ipv4, fc.nat(32), ipv4, (network, prefix, other) => {
		const number = (bytes: readonly number[]) => bytes.reduce((sum, byte) => sum * 256 + byte, 0);
		const size = 2 ** (32 - prefix);
		const isInside = Math.floor(number(network) / size) === Math.floor(number(other) / size);
		return isCovered([`${network.join('.')}/${prefix}`], other.join('.')) === isInside;
	}), {numRuns: 1000});
});

test('rules that are none', t => {
	for (const rule of ['', 'localhost', '10.0.0.0/33', 'fd00::/129', '10.0.0', '10.0.0.0/', '10.0.0.0/-1', '*', '10.0.0.0/8 ', 'fe80::1%eth0', '0x7f.0.0.1', '127.1', '1.2.3.4/08x']) {
		t.false(isAddressRule(rule), rule);
	}

	for (const rule of ['loopback', '10.0.0.0/8', '0.0.0.0/0', '::/0', 'fd00:ec2::254', '1.2.3.4']) {
		t.true(isAddressRule(rule), rule);
	}
});
