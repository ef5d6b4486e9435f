/** What one table held, in a dump or in a database. */
export type TableRows = {
	/** As people write it: with its schema where the server has those, such as `public.customer`. */
	readonly name: string;
	readonly rows: number;
	/** Over all rows, whatever their order, in hexadecimal; only where it was asked for. */
	readonly checksum?: string;
};
