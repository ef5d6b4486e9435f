/** What the logs are kept apart by, each in files of its own: what is done with backups, what the schedule does, what monitoring finds, and who got or changed access. */
export const logChannels = ['backup', 'cron', 'monitor', 'security'] as const;
export type LogChannel = typeof logChannels[number];

/** From the least to the most important. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = typeof logLevels[number];
