import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';

/** A certificate that vouches for itself, and its key. */
export type TestCertificate = {
	/** PEM: for servers, and as what clients trust. */
	readonly certificate: string;
	readonly key: string;
	/** Where the certificate lies. */
	readonly file: string;
};

/** Make a certificate with openssl, removed after the test. @param names - As openssl writes them: `DNS:localhost,IP:127.0.0.1` */
export function createCertificate(t: ExecutionContext, names = 'DNS:localhost,IP:127.0.0.1'): TestCertificate {
	const folder = mkdtempSync(path.join(tmpdir(), 'coffer-certificate-'));
	t.teardown(() => {
		rmSync(folder, {recursive: true, force: true});
	});
	const [file, keyFile] = [path.join(folder, 'certificate.pem'), path.join(folder, 'key.pem')];
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile, '-out', file, '-days', '2', '-subj', '/CN=coffer test', '-addext', `subjectAltName=${names}`], {stdio: 'pipe'});
	return {certificate: readFileSync(file, 'utf8'), key: readFileSync(keyFile, 'utf8'), file};
}
