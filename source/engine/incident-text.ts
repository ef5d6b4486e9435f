import type {CanaryIncident, DatabaseLoss, Incident} from './incident.ts';

const amount = (count: number, noun: string, plural = `${noun}s`): string => `${count} ${count === 1 ? noun : plural}`;
const percent = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.round(part / whole * 100)} %`;
/** The day of a snapshot, for people. */
export const dayOf = (time: string): string => time.slice(0, 10);

const shownTables = 3;

function tablesText({missing = [], missingTables, tablesBefore}: DatabaseLoss): string {
	const shown = missing.slice(0, shownTables).map(name => `"${name}"`);
	const others = missingTables - shown.length;
	const names = shown.length === 0 ? '' : `: ${shown.join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
	return `${amount(missingTables, 'table')} of ${tablesBefore}${names}`;
}

function lossText(loss: DatabaseLoss): string {
	const {database, isWhole = false, missingTables, tablesBefore, rowsBefore, rows = 0} = loss;
	if (isWhole) {
		return `lacks the database "${database}", which had ${amount(tablesBefore, 'table')}`;
	}

	const parts = [
		...(missingTables > 0 ? [`lacks ${tablesText(loss)}`] : []),
		...(rowsBefore === undefined ? [] : [`has ${rows} rows instead of ${rowsBefore}`]),
	];
	return `${parts.join(', and ')} in the database "${database}"`;
}

const canaryWords: Readonly<Record<CanaryIncident['state'], string>> = {changed: 'holds something else than it did', missing: 'is not there', unreadable: 'cannot be read'};

/** What has happened: a sentence without its full stop. Names in it are the source's own: strip them before they are shown. */
export function incidentText(incident: Incident): string {
	const {kind, time} = incident;
	switch (kind) {
		case 'encrypted': {
			const {files, before} = incident;
			return `since the backup of ${dayOf(time)} ${files} of ${amount(before, 'file')} (${percent(files, before)}) look encrypted, and did not before`;
		}

		case 'deleted': {
			const {files, before} = incident;
			return `the backup of ${dayOf(time)} has ${amount(files, 'file')}, the one before had ${before}: ${percent(before - files, before)} are gone`;
		}

		case 'dropped': {
			const {losses} = incident;
			return `the backup of ${dayOf(time)} ${losses.slice(0, 2).map(loss => lossText(loss)).join('; it ')}${losses.length > 2 ? `; and ${amount(losses.length - 2, 'database')} more` : ''}`;
		}

		case 'canary': {
			return `the canary file ${incident.path} ${canaryWords[incident.state]} since the backup of ${dayOf(time)}`;
		}
	}
}
