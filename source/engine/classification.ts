/** How much harm it does when others read the data of a source, least first. */
export const classifications = ['public', 'internal', 'confidential', 'restricted'] as const;
export type Classification = typeof classifications[number];
