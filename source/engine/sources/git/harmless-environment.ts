/** What git is always run with: no configuration but that of the folder at hand, no remote repository, no question, no replaced object, nothing written that need not be. */
export const harmlessEnvironment = {
	HOME: '/nonexistent',
	XDG_CONFIG_HOME: '/nonexistent',
	GIT_CONFIG_NOSYSTEM: '1',
	GIT_CONFIG_SYSTEM: '/dev/null',
	GIT_CONFIG_GLOBAL: '/dev/null',
	GIT_ATTR_NOSYSTEM: '1',
	GIT_TERMINAL_PROMPT: '0',
	GIT_NO_REPLACE_OBJECTS: '1',
	GIT_NO_LAZY_FETCH: '1',
	GIT_OPTIONAL_LOCKS: '0',
	GIT_ALLOW_PROTOCOL: '',
	GIT_PROTOCOL_FROM_USER: '0',
	GIT_ADVICE: '0',
} as const;
