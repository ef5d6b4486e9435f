/* eslint-disable no-template-curly-in-string -- the braces are the shell's own */
import {commands, globalFlags} from '../command-table.ts';
import {byName} from '../flag-names.ts';
import {completeArguments, completeFlag, flagWords, flagsOf, type Completion} from './words.ts';

const add = (words: readonly string[]): string => `compadd -- ${words.join(' ')}`;

function replyWith({words, hasFiles, kinds}: Completion): string {
	return [
		...(words.length > 0 ? [add(words)] : []),
		...kinds.map(kind => `compadd -- "\${(@f)$(_coffer_words ${kind})}"`),
		...(hasFiles ? ['_files'] : []),
	].join('; ') || ':';
}

function flagCases(): string[] {
	const own = Object.entries(commands).flatMap(([command, {flags}]) => [...byName(flags)].map(([name, flag]) => [command, name, flag] as const));
	const globals = [...byName(globalFlags)].map(([name, flag]) => ['*', name, flag] as const);
	return [...own, ...globals].flatMap(([command, name, flag]) => {
		const completion = completeFlag(flag);
		return completion === undefined ? [] : [`\t\t${command}:--${name}) ${replyWith(completion)}; return;;`];
	});
}

/** The completion script for zsh (zshcompsys(1)). */
export function zshCompletion(): string {
	const withValue = [...new Set(Object.keys(commands).flatMap(command => [...flagsOf(command)]).filter(([, flag]) => completeFlag(flag) !== undefined).map(([name]) => `--${name}`))].join('|');
	return [
		'#compdef coffer',
		'# Completion of coffer for zsh. Made by: coffer completion zsh',
		'_coffer_words() { command coffer completion words $1 --headless </dev/null 2>/dev/null }',
		'_coffer() {',
		'\tlocal command= previous=${words[CURRENT-1]} current=${words[CURRENT]} index',
		'\tfor ((index = 2; index < CURRENT; index++)); do',
		'\t\tcase ${words[index]} in',
		`\t\t(${withValue}) ((index++));;`,
		'\t\t(-*) ;;',
		'\t\t(*) command=${words[index]}; break;;',
		'\t\tesac',
		'\tdone',
		'\tcase $command:$previous in',
		...flagCases().map(line => line.replace('\t\t', '\t\t(')),
		'\tesac',
		'\tcase $command in',
		...Object.entries(commands).map(([name, command]) => `\t(${name}) if [[ $current == -* ]]; then ${add([...flagWords(command.flags), ...flagWords(globalFlags)])}; else ${replyWith(completeArguments(command))}; fi;;`),
		`\t("") if [[ $current == -* ]]; then ${add(flagWords(globalFlags))}; else ${add(Object.keys(commands))}; fi;;`,
		'\tesac',
		'}',
		'# Loaded from $fpath it is the function itself; sourced, it makes itself known.',
		'if [[ $funcstack[1] == _coffer ]]; then _coffer "$@"; else compdef _coffer coffer; fi',
	].join('\n');
}
