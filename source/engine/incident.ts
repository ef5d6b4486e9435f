/** How much has to be odd before anybody is told. */
export const sensitivities = ['low', 'normal', 'high'] as const;
export type Sensitivity = typeof sensitivities[number];

/** `false`: nobody is told of anything but canaries. */
export type AnomalyWatch = false | Sensitivity;

export const defaultAnomalyWatch: AnomalyWatch = 'normal';

/** Many files look encrypted that did not before. */
export type EncryptedIncident = {
	readonly kind: 'encrypted';
	/** Of the snapshot that showed it, or more of it: RFC 3339. */
	readonly time: string;
	/** So many of them, and how many entries there were. */
	readonly files: number;
	readonly before: number;
	/** Files that looked encrypted before, where all were read each time. */
	readonly formerlyOpaque?: number;
};

/** Many files are gone. */
export type DeletedIncident = {
	readonly kind: 'deleted';
	readonly time: string;
	/** Entries that are left, and how many there were. */
	readonly files: number;
	readonly before: number;
};

/** What a database has lost. */
export type DatabaseLoss = {
	readonly database: string;
	/** Path of its dump in the snapshot. */
	readonly file: string;
	/** Whether the whole database is gone. */
	readonly isWhole?: boolean;
	/** Tables before, and how many of them are gone. */
	readonly tablesBefore: number;
	readonly missingTables: number;
	/** The names of the first of them, where they are known. */
	readonly missing?: readonly string[];
	/** Rows before and now, where more than half are gone. */
	readonly rowsBefore?: number;
	readonly rows?: number;
};

/** Tables or databases are gone, or most of their rows. */
export type DroppedIncident = {
	readonly kind: 'dropped';
	readonly time: string;
	readonly losses: readonly DatabaseLoss[];
};

export const canaryStates = ['changed', 'missing', 'unreadable'] as const;
export type CanaryState = typeof canaryStates[number];

/** A file that nobody was to touch. */
export type CanaryIncident = {
	readonly kind: 'canary';
	readonly time: string;
	readonly path: string;
	readonly state: CanaryState;
};

/** Something that looks like a loss, as a snapshot tells of it and those that follow, until one shows that it was mended. */
export type Incident = EncryptedIncident | DeletedIncident | DroppedIncident | CanaryIncident;

export const incidentKinds = ['encrypted', 'deleted', 'dropped', 'canary'] as const satisfies ReadonlyArray<Incident['kind']>;

/** A file that nobody is to touch, and what it held when it was first seen. */
export type Canary = {
	readonly path: string;
	/** Missing as long as it was never read. */
	readonly sha256?: string;
};

/** The least share of all files that is told. What comes to a snapshot is what `high` would tell. */
export const toldShares: Readonly<Record<'encrypted' | 'deleted', Readonly<Record<Sensitivity, number>>>> = {
	encrypted: {high: 0.1, normal: 0.2, low: 0.5},
	deleted: {high: 0.3, normal: 0.5, low: 0.8},
};
/** And the least number of files: fewer are told only where they are half of all. */
const toldFiles: Readonly<Record<Sensitivity, number>> = {high: 3, normal: 10, low: 50};
/** Below it nothing is made of it. */
export const leastFiles = 3;

function isLargeLoss({isWhole = false, missingTables, tablesBefore, rowsBefore}: DatabaseLoss): boolean {
	return isWhole || rowsBefore !== undefined || missingTables * 2 >= tablesBefore;
}

/** Whether an incident is to be told at that sensitivity. A canary always is. */
export function isTold(incident: Incident, watch: AnomalyWatch): boolean {
	if (incident.kind === 'canary') {
		return true;
	}

	if (watch === false) {
		return false;
	}

	if (incident.kind === 'dropped') {
		return watch !== 'low' || incident.losses.some(loss => isLargeLoss(loss));
	}

	const {kind, before} = incident;
	const hit = kind === 'encrypted' ? incident.files : before - incident.files;
	return hit >= toldShares[kind][watch] * before && hit >= leastFiles && (hit >= toldFiles[watch] || hit * 2 >= before);
}
