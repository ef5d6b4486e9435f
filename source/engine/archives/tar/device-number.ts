/** A device number as glibc composes it of its two halves (makedev(3)). */
export function joinDevice(major: bigint, minor: bigint): bigint {
	return ((major & 0xF_FFn) << 8n) | ((major & ~0xF_FFn) << 32n) | (minor & 0xFFn) | ((minor & ~0xFFn) << 12n);
}
