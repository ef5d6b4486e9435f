import {incidentText} from '../../incident-text.ts';
import {isTold, type AnomalyWatch, type Incident} from '../../incident.ts';
import type {StoredSnapshot} from '../../repository/repository.ts';
import type {Finding} from '../alert.ts';
import {findOddities, isRenamed} from './find-oddities.ts';
import {oddityText, renamedText} from './oddity-text.ts';
import {historyOf, measuresOfRun} from './source-history.ts';

type AnomalyFinding = Omit<Finding, 'key' | 'object'>;

const whatElse = 'if it was meant, acknowledge it';

const advice: Readonly<Record<Incident['kind'], Pick<Finding, 'cause' | 'nextStep'>>> = {
	encrypted: {
		cause: 'ransomware, or somebody has encrypted these files on purpose',
		nextStep: `take the machine off the network, see with "coffer diff" which files they are, and restore them from a snapshot from before; ${whatElse}`,
	},
	deleted: {
		cause: 'somebody or something has deleted them, or a file system that belongs there is not mounted',
		nextStep: `see with "coffer diff" what is gone, and restore it from the snapshot before; ${whatElse}`,
	},
	dropped: {
		cause: 'somebody or something has dropped or emptied them, or this user may not see them any more',
		nextStep: `look into the database, and load what is missing from the snapshot before; ${whatElse}`,
	},
	canary: {
		cause: 'nobody was to touch it: somebody or something goes through the files',
		nextStep: 'find out what has changed it, and look at the files around it; put it back from a snapshot, or take it out of "canaries"',
	},
};

function incidentFinding(incidents: readonly Incident[]): AnomalyFinding {
	const [first] = incidents;
	const {kind} = first!;
	const others = incidents.length - 1;
	return {kind, severity: 'critical', message: `${incidentText(first!)}${others > 0 ? `; and ${others} more` : ''}`, ...advice[kind]};
}

/**
What looks like a loss, as the newest snapshot of a source tells; one finding of each kind.
@param snapshots - Of one source on one host, oldest first.
@param isOver - Whether what a snapshot of that time has shown was settled by a person.
*/
export function findIncidentTrouble(snapshots: readonly StoredSnapshot[], watch: AnomalyWatch, isOver: (kind: Incident['kind'], time: string) => boolean): AnomalyFinding[] {
	const incidents = (snapshots.at(-1)?.incidents ?? []).filter(incident => isTold(incident, watch) && !isOver(incident.kind, incident.time));
	return [...Map.groupBy(incidents, ({kind}) => kind).values()].map(group => incidentFinding(group));
}

/** Whether the newest snapshot shows something mended: then it is not as usual, and all the better. */
function isMending(snapshots: readonly StoredSnapshot[]): boolean {
	const [before, newest] = snapshots.slice(-2);
	return (before?.incidents ?? []).length > (newest?.incidents ?? []).length;
}

/** What is odd about the newest snapshot, measured by those before it; nothing where it shows something mended. @param snapshots - Of one source on one host, oldest first. */
export function findOddTrouble(snapshots: readonly StoredSnapshot[], watch: AnomalyWatch): AnomalyFinding[] {
	const known = watch === false || isMending(snapshots) ? undefined : historyOf(snapshots);
	if (known === undefined || watch === false) {
		return [];
	}

	const {newest, history} = known;
	const run = measuresOfRun(newest);
	const texts = [
		...(isRenamed(run) ? [renamedText(run)] : []),
		...findOddities(history, run, watch).map(oddity => oddityText(oddity, run, history.at(-1))),
	];
	const [message, ...others] = texts;
	return message === undefined
		? []
		: [{
			kind: 'anomaly', severity: 'warning', message,
			...(others.length > 0 && {cause: others.join('; ')}),
			nextStep: 'see with "coffer diff" what has changed; it is over with the next backup that is as usual',
		}];
}
