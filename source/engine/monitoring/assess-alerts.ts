import type {ObjectProblem, StoredSnapshot} from '../repository/repository.ts';
import type {Activity} from '../state/activity.ts';
import type {ChannelState} from '../state/channel-states.ts';
import type {DataRead, VerifyRun} from '../state/host-state.ts';
import type {SettledIncidents} from '../state/settled-incidents.ts';
import type {SourceMemory} from '../state/source-memory.ts';
import type {Finding} from './alert.ts';
import {findAnomalies} from './anomalies/find-anomalies.ts';
import {findChannelTrouble} from './channel-findings.ts';
import {findUnreadData} from './coverage-findings.ts';
import {findExpiry, findKeyAge} from './key-findings.ts';
import type {KeyStatus} from './key-status.ts';
import {findLeftBehind} from './leftover-findings.ts';
import type {Leftovers} from './leftovers.ts';
import type {MonitorPolicy} from './monitor-policy.ts';
import type {SourceOverview, StorageOverview} from './overview.ts';
import {findBrokenTrust, findDamage} from './repository-findings.ts';
import {findScheduleTrouble} from './schedule-findings.ts';
import type {ScheduleOverview} from './schedule-overview.ts';
import {findLost, findSourceTrouble} from './source-findings.ts';
import {findFewStorageInodes, findFullStorage} from './storage-findings.ts';

/** What is known at one moment, for finding what is wrong. */
export type AlertFacts = {
	readonly nowMs: number;
	/** This host's name. */
	readonly host: string;
	/** Of the repository. */
	readonly url: string;
	readonly sources: readonly SourceOverview[];
	/** What this host remembers of its sources. */
	readonly memories: readonly SourceMemory[];
	/** Oldest first. */
	readonly verifyRuns: readonly VerifyRun[];
	/** What verifications have read of the file contents, oldest first. @default nothing is known */
	readonly dataReads?: readonly DataRead[];
	/** When the repository was made: RFC 3339. @default just now */
	readonly created?: string;
	/** Only of processes that live. */
	readonly activities: readonly Activity[];
	/** Objects that could not be read on the way to these facts. */
	readonly problems: readonly ObjectProblem[];
	readonly keys: KeyStatus;
	readonly storage: readonly StorageOverview[];
	/** @default none */
	readonly leftovers?: Leftovers;
	/** What this host knows of the repository at that place, and does not fit. @default nothing */
	readonly trust?: {readonly isExchanged: boolean; readonly isRolledBack: boolean};
	/** @default this host has no jobs */
	readonly schedule?: ScheduleOverview;
	/** @default defaultMonitorPolicy */
	readonly policy?: MonitorPolicy;
	/** How the channels of alerts do. @default nothing was sent */
	readonly channels?: readonly ChannelState[];
	/** Oldest first. @default none, so nothing is odd */
	readonly snapshots?: readonly StoredSnapshot[];
	/** @default nothing */
	readonly settled?: SettledIncidents;
};

/** Everything that is wrong, in no order; of one key there is one finding. */
export function assessAlerts(facts: AlertFacts): Finding[] {
	return [
		findSourceTrouble, findLost, findUnreadData, findDamage, findBrokenTrust,
		findKeyAge, findExpiry, findFullStorage, findFewStorageInodes, findLeftBehind, findScheduleTrouble, findChannelTrouble, findAnomalies,
	].flatMap(find => find(facts));
}
