import type {ReactNode} from 'react';
import {AlertsView} from './alerts/alerts-view.tsx';
import {AuditView} from './audit/audit-view.tsx';
import {DiffView} from './diff/diff-view.tsx';
import {JobView} from './job/job-view.tsx';
import {KeysView} from './keys/keys-view.tsx';
import {LogView} from './log/log-view.tsx';
import {PruneView} from './prune/prune-view.tsx';
import {RecoveryView} from './recovery/recovery-view.tsx';
import {RestoreView} from './restore/restore-view.tsx';
import {RotationView} from './rotation/rotation-view.tsx';
import {ScheduleView} from './schedule/schedule-view.tsx';
import type {Screen} from './screen.ts';
import type {ScreenProps} from './screen-props.ts';
import {SetUpView} from './set-up/set-up-view.tsx';
import {SourceView} from './source/source-view.tsx';

/** The picture of a screen. */
export function ScreenView({screen, ...place}: ScreenProps<Screen>): ReactNode {
	switch (screen.kind) {
		case 'source': {
			return <SourceView screen={screen} {...place}/>;
		}

		case 'restore': {
			return <RestoreView screen={screen} {...place}/>;
		}

		case 'diff': {
			return <DiffView screen={screen} {...place}/>;
		}

		case 'log': {
			return <LogView screen={screen} {...place}/>;
		}

		case 'alerts': {
			return <AlertsView screen={screen} {...place}/>;
		}

		case 'audit': {
			return <AuditView screen={screen} {...place}/>;
		}

		case 'keys': {
			return <KeysView screen={screen} {...place}/>;
		}

		case 'rotation': {
			return <RotationView screen={screen} {...place}/>;
		}

		case 'recovery': {
			return <RecoveryView screen={screen} {...place}/>;
		}

		case 'schedule': {
			return <ScheduleView screen={screen} {...place}/>;
		}

		case 'prune': {
			return <PruneView screen={screen} {...place}/>;
		}

		case 'job': {
			return <JobView screen={screen} {...place}/>;
		}

		case 'set-up': {
			return <SetUpView screen={screen} {...place}/>;
		}
	}
}

/** The steps that lead to a screen, for the header. */
export function trailOf(screen: Screen): string[] {
	switch (screen.kind) {
		case 'source': {
			return [screen.name];
		}

		case 'restore': {
			return [`restore ${screen.name}`];
		}

		case 'diff': {
			return [screen.to.source, 'diff'];
		}

		case 'set-up': {
			return ['set-up'];
		}

		case 'rotation': {
			return ['keys', 'rotate'];
		}

		case 'recovery': {
			return ['keys', 'recovery key'];
		}

		case 'log':
		case 'alerts':
		case 'audit':
		case 'keys':
		case 'schedule':
		case 'prune':
		case 'job': {
			return [screen.kind];
		}
	}
}
