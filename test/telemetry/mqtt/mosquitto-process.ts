import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listening } from '../../loopback.js';
import { endWithTests } from '../../temporary.js';

/** @param folder for its configuration @param lines of it */
export async function mosquitto(folder: string, port: number, lines: readonly string[]): Promise<ChildProcess> {
  const file = join(folder, `mosquitto-${port}.conf`);
  // run as root it would change to a user that may not read the folder
  writeFileSync(file, [`listener ${port} 127.0.0.1`, 'user root', ...lines, ''].join('\n'));
  return mosquittoOf(file, port);
}

/** @param file of its configuration @param port that it listens on */
export async function mosquittoOf(file: string, port: number): Promise<ChildProcess> {
  const child = endWithTests(spawn('mosquitto', ['-c', file], { stdio: 'ignore' }));
  for (let tries = 0; !(await listening(port)); tries++) {
    if (tries > 100) throw new Error('mosquitto does not start');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return child;
}

export async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** As `certificates`, and a file `passwd` with the user `edge` and its `right-password`. */
export function brokerCertificates(folder: string): void {
  certificates(folder);
  execFileSync('mosquitto_passwd', ['-c', '-b', join(folder, 'passwd'), 'edge', 'right-password'], { stdio: 'ignore' });
}

/**
 * In the folder: an authority (`ca.pem`), a server of 127.0.0.1 and a client signed by it (`server`, `client`: `.pem`, `.key`).
 */
export function certificates(folder: string): void {
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...ec, '-days', '2', '-subj', '/CN=test authority', '-keyout', 'ca.key', '-out', 'ca.pem');
  writeFileSync(join(folder, 'server.ext'), 'subjectAltName=IP:127.0.0.1\n');
  for (const [name, extension] of [
    ['server', ['-extfile', 'server.ext']],
    ['client', []],
  ] as const) {
    openssl('req', ...ec, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const signed = ['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
    openssl(...signed, '-days', '2', ...extension, '-out', `${name}.pem`);
  }
}

/** Dates as openssl takes them. */
const openSslDate = (time: number): string =>
  new Date(time)
    .toISOString()
    .replace(/[-:T]|\.\d+/g, '')
    .slice(2);

/**
 * A certificate for the key and request that `brokerCertificates` made, by its authority, valid between two days from now.
 *
 * @returns its file
 */
export function datedCertificate(folder: string, name: 'server' | 'client', fromDays: number, toDays: number): string {
  const file = join(folder, `${name}-${fromDays}-${toDays}.pem`);
  writeFileSync(join(folder, 'index.txt'), '');
  const lines = ['[ca]', 'default_ca=d', '[d]', 'database=index.txt', 'new_certs_dir=.', 'rand_serial=yes'];
  writeFileSync(
    join(folder, 'ca.cnf'),
    [...lines, 'default_md=sha256', 'policy=p', 'unique_subject=no', '[p]', 'commonName=supplied', ''].join('\n'),
  );
  const day = (days: number): string => openSslDate(Date.now() + days * 86_400_000);
  const dates = ['-startdate', day(fromDays), '-enddate', day(toDays)];
  const signing = ['-cert', 'ca.pem', '-keyfile', 'ca.key', '-in', `${name}.csr`, '-out', file, '-notext'];
  const extension = name === 'server' ? ['-extfile', 'server.ext'] : [];
  execFileSync('openssl', ['ca', '-batch', '-config', 'ca.cnf', ...dates, ...signing, ...extension], {
    cwd: folder,
    stdio: 'ignore',
  });
  return file;
}
