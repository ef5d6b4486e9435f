/** A text without the passwords of the URLs in it, for lists, logs and errors: `https://user:***@host/`. What stands before the `@` alone is taken for a token, and masked as well. */
export function maskUrls(text: string): string {
	return text.replaceAll(/(?<scheme>\b[a-z][a-z\d+.-]*:\/\/)(?<secret>[^\s/@]+)@/gi, (_whole, scheme: string, secret: string) => {
		const colon = secret.indexOf(':');
		const isUserAlone = colon === -1 && /^(?:ssh|git\+ssh|sftp|postgres|postgresql|mysql|mariadb):/i.test(scheme);
		return `${scheme}${isUserAlone ? secret : `${colon === -1 ? '' : secret.slice(0, colon)}${colon === -1 ? '***' : ':***'}`}@`;
	});
}
