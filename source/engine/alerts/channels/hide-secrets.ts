import {Buffer} from 'node:buffer';

/** What is shorter than this would be found in many a text by chance. */
const leastCharacters = 4;

/** The ways in which others give a secret back: as it is, as a part of a URL, in JSON, in Base64. */
function formsOf(secret: string): string[] {
	const url = URL.parse(secret);
	const ofUrl = url ? [`${url.pathname}${url.search}`, url.pathname, url.search, url.password, url.username, ...url.pathname.split('/').filter(part => part.length > 7)] : [];
	return [secret, ...ofUrl].flatMap(form => [form, encodeURIComponent(form), JSON.stringify(form).slice(1, -1), Buffer.from(form).toString('base64').replaceAll('=', ''), Buffer.from(form).toString('base64url')]);
}

/** A text without these secrets. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
	const forms = new Set(secrets.flatMap(secret => formsOf(secret)).filter(form => form.length >= leastCharacters));
	let hidden = text;
	for (const form of [...forms].toSorted((a, b) => b.length - a.length)) {
		hidden = hidden.replaceAll(form, '***');
	}

	return hidden;
}
