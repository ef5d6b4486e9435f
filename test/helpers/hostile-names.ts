/** Names that a disk may hold, and that must not steer a terminal nor break the width of a line. */
export const hostileNames: readonly string[] = [
	'red\u001B[31m', 'clear\u001B[2J\u001B[H', 'osc\u001B]52;c;eA==\u0007', 'c1\u009B31m', 'line\nfeed\r\tand\u0000nul', 'bidi\u202Egpj.exe', 'isolate\u2066x\u2069', 'hidden\u200Bspace\uFEFF', 'separator\u2028x',
	'漢字'.repeat(120), '👩‍👩‍👧‍👦'.repeat(60), `zalgo${'\u0301'.repeat(300)}`, 'x'.repeat(5000), 'lone\uD800surrogate', 'tag\u{E0041}', ' '.repeat(3), '-rf', '$(id)',
];
