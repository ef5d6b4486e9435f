/** The end of an audit log at some moment. It vouches for all entries up to that one. */
export type AuditHead = {
	/** Of the entry. */
	readonly number: number;
	/** Of the entry: 64 hexadecimal digits. */
	readonly mac: string;
};

/** As people and notices pass it on: `NUMBER:MAC`. */
export const auditHeadText = ({number, mac}: AuditHead): string => `${number}:${mac}`;
