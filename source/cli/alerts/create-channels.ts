import path from 'node:path';
import {createChannel, type Channel, type ChannelTarget, type EndpointRules, type SecretReference, type SendingContext} from '../../engine/index.ts';
import type {ConfiguredChannel} from '../channel-schemas.ts';
import type {CommandContext} from '../command-line.ts';
import type {LoadedConfig} from '../config.ts';
import {programName} from '../connection.ts';
import {namedSecretVariables} from '../secrets.ts';

const usualPorts = {starttls: 587, tls: 465, none: 25} as const;

/** A place to ask, as the configuration has it. */
type ConfiguredEndpoint = {readonly allow?: readonly string[] | undefined; readonly insecure?: boolean | undefined; readonly ca?: string | undefined};

/** A reference whose file has an absolute path. */
function absoluteSecret(reference: SecretReference, folder: string): SecretReference {
	return 'file' in reference ? {file: path.resolve(folder, reference.file)} : reference;
}

/** The same of what may also stand in the open. */
export function absoluteUrl(url: string | SecretReference, folder: string): string | SecretReference {
	return typeof url === 'string' ? url : absoluteSecret(url, folder);
}

/** To whom a connection may be made. @param folder - Where relative paths begin. */
export function endpointRules({allow = [], insecure = false, ca}: ConfiguredEndpoint, folder: string): EndpointRules {
	return {allow, isInsecure: insecure, ...(ca !== undefined && {caFile: path.resolve(folder, ca)})};
}

/** What something is sent with by this command line. */
export function sendingContext({runtime}: Pick<CommandContext, 'runtime'>, config: LoadedConfig): SendingContext {
	return {runtime, program: programName(), hidden: namedSecretVariables(config)};
}

function toTarget(channel: ConfiguredChannel, folder: string): ChannelTarget {
	switch (channel.type) {
		case 'email': {
			const {host, security = 'starttls', port = usualPorts[security], insecure, ca, user, password, from, to} = channel;
			const {isInsecure, caFile} = endpointRules({insecure, ca}, folder);
			return {
				kind: 'email', host, port, security, isInsecure, ...(caFile !== undefined && {caFile}),
				...(user !== undefined && password && {login: {user, password: absoluteSecret(password, folder)}}),
				from, to: typeof to === 'string' ? [to] : to,
			};
		}

		case 'webhook': {
			return {kind: 'webhook', url: absoluteUrl(channel.url, folder), key: absoluteSecret(channel.key, folder), rules: endpointRules(channel, folder)};
		}

		case 'slack': {
			return {kind: 'slack', url: absoluteSecret(channel.url, folder), rules: endpointRules(channel, folder)};
		}

		case 'ntfy': {
			const {server = 'https://ntfy.sh', topic, token} = channel;
			return {kind: 'ntfy', server: absoluteUrl(server, folder), topic: absoluteUrl(topic, folder), ...(token && {token: absoluteSecret(token, folder)}), rules: endpointRules(channel, folder)};
		}

		case 'syslog': {
			return {kind: 'syslog'};
		}
	}
}

/** The channels of the configuration, in its order. Their secrets are read when something is sent. */
export function createChannels(context: Pick<CommandContext, 'runtime'>, config: LoadedConfig | undefined): Channel[] {
	const {channels = {}} = config?.alerts ?? {};
	return Object.entries(channels).map(([name, channel]) => createChannel({
		name,
		leastSeverity: channel.severity ?? 'warning',
		// The digest is a mail, unless somebody wants it elsewhere, too.
		hasDigest: channel.digest ?? channel.type === 'email',
		target: toTarget(channel, config!.folder),
	}, sendingContext(context, config!)));
}
