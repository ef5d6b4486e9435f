import type {Role} from '../engine/index.ts';

/** What a key of each role is good for, for people. */
export const roleAbilities: Readonly<Record<Role, {readonly can: string; readonly cannot: string}>> = {
	owner: {can: 'do everything, changing keys included', cannot: 'nothing is kept from it'},
	backup: {can: 'make backups, list snapshots, and check that everything is there', cannot: 'read what is in backups, restore, forget snapshots or change keys'},
	auditor: {can: 'list snapshots, and check that everything is there', cannot: 'make backups, read what is in them, restore, forget snapshots or change keys'},
};
