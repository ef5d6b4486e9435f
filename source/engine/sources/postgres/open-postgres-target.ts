import {CofferError} from '../../errors.ts';
import type {OpenTarget} from '../databases/dump-target.ts';

export const openPostgresTarget: OpenTarget = async () => {
	throw new CofferError('target-unusable', 'Dumps of the kind "postgres" cannot be loaded by this version.');
};
