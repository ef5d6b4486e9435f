import type {Role} from '../engine/index.ts';

/** What a key of each role is good for, for people. The table of the README is made from this. */
export const roleAbilities: Readonly<Record<Role, {readonly can: string; readonly cannot: string; readonly isFor: string}>> = {
	owner: {can: 'do everything, changing keys included', cannot: 'nothing is kept from it', isFor: 'you, and whoever restores'},
	backup: {can: 'make backups, list snapshots, and check that everything is there and intact', cannot: 'read what is in backups, restore, forget snapshots or change keys', isFor: 'a server that only makes backups: stolen there, it opens none of them'},
	auditor: {can: 'list snapshots, and check that everything is there and intact', cannot: 'make backups, read what is in them, restore, forget snapshots or change keys', isFor: 'monitoring'},
};
