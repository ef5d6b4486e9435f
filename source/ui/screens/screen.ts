import type {AlertsScreen} from './alerts/state.ts';
import type {AuditScreen} from './audit/state.ts';
import type {DiffScreen} from './diff/state.ts';
import type {JobScreen} from './job/state.ts';
import type {KeysScreen} from './keys/state.ts';
import type {LogScreen} from './log/state.ts';
import type {PruneScreen} from './prune/state.ts';
import type {RecoveryScreen} from './recovery/state.ts';
import type {RestoreScreen, RestoreStep} from './restore/state.ts';
import type {RotationScreen} from './rotation/state.ts';
import type {ScheduleScreen} from './schedule/state.ts';
import type {SetUpScreen} from './set-up/state.ts';
import type {SourceScreen} from './source/state.ts';

/** A screen above the main one. */
export type Screen =
	| SourceScreen | RestoreScreen | DiffScreen | LogScreen | AlertsScreen | AuditScreen
	| KeysScreen | RotationScreen | RecoveryScreen | ScheduleScreen | PruneScreen | JobScreen | SetUpScreen;

/** What keys are looked up by: the screen that is seen, and of the restore its step. */
export type ScreenKind = 'main' | Exclude<Screen['kind'], 'restore'> | `restore-${RestoreStep}`;

/** A screen with a number of its own, so that what was loaded for one that is gone reaches none. */
export type OpenScreen = Screen & {readonly id: number};
