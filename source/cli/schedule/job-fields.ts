import {CofferError, parseCron, type CronExpression, type Job} from '../../engine/index.ts';

/** The expression of a job, taken apart. The configuration has been checked. @throws `configuration-invalid` */
export function fieldsOf({name, expression}: Job): CronExpression {
	const {expression: fields, problem} = parseCron(expression);
	if (fields === undefined) {
		throw new CofferError('configuration-invalid', `The job ${name} has no cron expression: ${problem.message}.`);
	}

	return fields;
}
