const blobsPerPage = 64 * 1024;

/** A set of blobs, by their addresses in a `BlobIndex`: one bit each. */
export class BlobMarks {
	readonly #pages = new Map<number, Uint8Array>();

	has(address: number): boolean {
		const bit = address % blobsPerPage;
		const page = this.#pages.get((address - bit) / blobsPerPage);
		return page !== undefined && (page[bit >> 3]! & (1 << (bit & 7))) !== 0;
	}

	/** @returns Whether it was not there before. */
	add(address: number): boolean {
		const bit = address % blobsPerPage;
		const number = (address - bit) / blobsPerPage;
		let page = this.#pages.get(number);
		if (page === undefined) {
			page = new Uint8Array(blobsPerPage / 8);
			this.#pages.set(number, page);
		}

		const mask = 1 << (bit & 7);
		const isNew = (page[bit >> 3]! & mask) === 0;
		page[bit >> 3]! |= mask;
		return isNew;
	}
}
