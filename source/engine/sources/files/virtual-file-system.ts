import {statfsSync} from 'node:fs';
import {toPath, type ByteString} from '../../byte-string.ts';

/** Magic numbers (statfs(2)) of file systems that hold no files of anybody's: what the kernel shows of itself. Reading them all may never end. */
const virtualTypes = new Set([
	0x9F_A0, // Proc
	0x62_65_65_72, // Sysfs
	0x1C_D1, // Devpts
	0x27_E0_EB, // Cgroup
	0x63_67_72_70, // Cgroup2
	0x64_62_67_20, // Debugfs
	0x74_72_61_63, // Tracefs
	0x73_63_66_73, // Securityfs
	0x61_65_67_6C, // Pstore
	0xCA_FE_4A_11, // Bpf
	0x62_65_65_70, // Configfs
	0x42_49_4E_4D, // Binfmt_misc
	0x19_80_03_30, // Mqueue
	0x65_73_55_43, // Fusectl
	0xF9_7C_FF_8C, // Selinuxfs
	0xDE_5E_81_E4, // Efivarfs
	0x01_87, // Autofs: looking into it would mount things
]);

/** Whether a directory on another device than its parent is the root of such a file system. */
export function isVirtualFileSystem(systemPath: ByteString): boolean {
	try {
		return virtualTypes.has(statfsSync(toPath(systemPath)).type >>> 0);
	} catch {
		return false;
	}
}
