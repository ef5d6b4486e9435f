/* eslint-disable no-template-curly-in-string -- the braces are the shell's own */
import {commands, globalFlags} from '../command-table.ts';
import {byName} from '../flag-names.ts';
import {completeArguments, completeFlag, flagWords, type Completion} from './words.ts';

/** Adds fixed words, which hold nothing that means something to a shell. */
const add = (words: readonly string[]): string => String.raw`_coffer_add $'${words.join(String.raw`\n`)}'`;

/** Commands that fill COMPREPLY. */
function replyWith({words, hasFiles, kinds}: Completion): string {
	return [
		...(words.length > 0 ? [add(words)] : []),
		...kinds.map(kind => `_coffer_add "$(_coffer_words ${kind})"`),
		...(hasFiles ? ['_coffer_files'] : []),
	].join('; ') || ':';
}

/** `COMMAND --flag) …;;` for every flag that takes a value. */
function flagCases(): string[] {
	const globals = [...byName(globalFlags)].map(([name, flag]) => ['*', name, flag] as const);
	const own = Object.entries(commands).flatMap(([command, {flags}]) => [...byName(flags)].map(([name, flag]) => [command, name, flag] as const));
	return [...own, ...globals].flatMap(([command, name, flag]) => {
		const completion = completeFlag(flag);
		return completion === undefined ? [] : [`\t\t${command === '*' ? '*' : command}:--${name}) ${replyWith(completion)}; return;;`];
	});
}

/** The names of global flags whose value is the next word, so that it is not taken for the command. */
const withValue = (): string => [...new Set([globalFlags, ...Object.values(commands).map(({flags}) => flags)].flatMap(flags => [...byName(flags)]).filter(([, flag]) => completeFlag(flag) !== undefined).map(([name]) => `--${name}`))].join('|');

/** The completion script for bash (bash(1), "Programmable Completion"); needs nothing but bash itself. */
export function bashCompletion(): string {
	return [
		'# Completion of coffer for bash. Made by: coffer completion bash',
		'_coffer_words() { command coffer completion words "$1" --headless </dev/null 2>/dev/null; }',
		'# One word stands on each line, as it is meant; of what stands before a colon bash takes care itself.',
		'_coffer_add() {',
		'\tlocal word',
		'\twhile IFS= read -r word; do',
		'\t\t[[ -n $word && $word == "$full"* ]] && word=${word#"$before"} && COMPREPLY+=("$(printf %q "$word")")',
		'\tdone <<<"$1"',
		'}',
		'_coffer_files() { compopt -o filenames 2>/dev/null; local IFS=$\'\\n\'; COMPREPLY+=($(compgen -f -- "$cur")); }',
		'_coffer() {',
		'\tlocal cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= index before= line=${COMP_LINE:0:COMP_POINT}',
		'\tlocal full=$cur',
		'\tif [[ $COMP_WORDBREAKS == *:* && ${line##*[[:space:]]} == *:* ]]; then full=${line##*[[:space:]]}; before=${full%"${full##*:}"}; fi',
		'\tCOMPREPLY=()',
		'\tfor ((index = 1; index < COMP_CWORD; index++)); do',
		'\t\tcase ${COMP_WORDS[index]} in',
		`\t\t${withValue()}) ((index++));;`,
		'\t\t-*) ;;',
		'\t\t*) command=${COMP_WORDS[index]}; break;;',
		'\t\tesac',
		'\tdone',
		'\tcase $command:$previous in',
		...flagCases(),
		'\tesac',
		'\tcase $command in',
		...Object.entries(commands).flatMap(([name, command]) => [
			`\t${name})`,
			`\t\tif [[ $cur == -* ]]; then ${add([...flagWords(command.flags), ...flagWords(globalFlags)])}; else ${replyWith(completeArguments(command))}; fi;;`,
		]),
		`\t"") if [[ $cur == -* ]]; then ${add(flagWords(globalFlags))}; else ${add(Object.keys(commands))}; fi;;`,
		'\tesac',
		'}',
		'complete -F _coffer coffer',
	].join('\n');
}
