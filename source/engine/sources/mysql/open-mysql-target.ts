import {CofferError} from '../../errors.ts';
import type {OpenTarget} from '../databases/dump-target.ts';

export const openMysqlTarget: OpenTarget = async () => {
	throw new CofferError('target-unusable', 'Dumps of the kind "mysql" cannot be loaded by this version.');
};
