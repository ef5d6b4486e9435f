/** One job: how far it is, what it warned of, and what came of it. */
export type JobScreen = {
	readonly kind: 'job';
	readonly job: number;
	/** In the list of warnings. */
	readonly cursor: number;
};

export function createJobScreen(job: number): JobScreen {
	return {kind: 'job', job, cursor: 0};
}
