import {cell, fitCell, row, type Row} from '../../../row.ts';
import type {Glyphs} from '../../../theme.ts';
import {serverFields, passwordPlaces, type Loadable, type ServerField, type ServerTarget} from './server-target.ts';

const names: Readonly<Record<ServerField, string>> = {url: 'URL', databases: 'Databases', checksums: 'Checksums', password: 'Password file'};

function describe(field: ServerField, {url, databases, hasChecksums, passwordFile}: ServerTarget, {kind, databases: all}: Loadable): string {
	switch (field) {
		case 'url': {
			return url;
		}

		case 'databases': {
			const every = all.map(({name}) => name);
			return databases ? databases.join(', ') : (every.length === 1 ? every[0]! : `all ${every.length}: ${every.join(', ')}`);
		}

		case 'checksums': {
			return hasChecksums ? 'yes: afterwards every row of every table is compared' : 'no: afterwards the rows of every table are counted';
		}

		case 'password': {
			return passwordFile ?? `none: the server's client looks into ${passwordPlaces[kind]}`;
		}
	}
}

/** The server as a target: a line for the choice, and one for each thing about it. */
export function serverRows(target: ServerTarget, loadable: Loadable, isChosen: boolean, glyphs: Glyphs): Row[] {
	return [
		row(cell(isChosen ? '  (*) ' : '  ( ) ', 'accent'), cell('Into a database server', 'strong')),
		...serverFields.map((field): Row => {
			const isSelected = isChosen && target.field === field;
			return {isSelected, cells: [cell(`${isSelected ? glyphs.cursor : ' '}     `, 'accent'), fitCell(names[field], 15, {tone: 'muted'}), cell(describe(field, target, loadable), isChosen ? 'plain' : 'muted')]};
		}),
	];
}

const overwriteTexts = {never: 'it is left alone, and nothing is loaded', always: 'all that it has is replaced by the dump'} as const;

/** What happens to a database that has something, in a few words. */
export const overwriteText = (overwrite: ServerTarget['overwrite']): string => overwriteTexts[overwrite];

/** The same as a choice. */
export function overwriteRows({overwrite}: ServerTarget): Row[] {
	return (['never', 'always'] as const).map(one => {
		const isChosen = one === overwrite;
		return row(cell(isChosen ? '  (*) ' : '  ( ) ', isChosen ? 'accent' : 'muted'), fitCell(one, 12, {tone: isChosen ? 'strong' : 'plain'}), cell(overwriteText(one), isChosen ? 'plain' : 'muted'));
	});
}
