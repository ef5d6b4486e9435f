/**
Some of many things, spread evenly over all that are offered, without a choice by chance: of twice as many as it may hold it drops every other one, and takes half as many from then on.
*/
export class ThinnedSample<Item> {
	readonly #maximum: number;
	#items: Item[] = [];
	#stride = 1;
	#offered = 0;

	/** @param maximum - So many it holds at most, and half of them at least, once so many were offered. */
	constructor(maximum: number) {
		this.#maximum = maximum;
	}

	get items(): readonly Item[] {
		return this.#items;
	}

	/** @param take - Called only where the thing is taken; `undefined` passes it over. */
	offer(take: () => Item | undefined): void {
		if (this.#offered++ % this.#stride !== 0) {
			return;
		}

		const item = take();
		if (item === undefined) {
			return;
		}

		if (this.#items.length === this.#maximum) {
			this.#items = this.#items.filter((_, index) => index % 2 === 0);
			this.#stride *= 2;
		}

		this.#items.push(item);
	}
}
