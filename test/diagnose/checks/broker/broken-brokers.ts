import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { Aedes } from 'aedes';
import type { MqttConfig } from '../../../../src/config/config.js';
import { configSchema } from '../../../../src/config/config.js';
import type { Patient } from '../../../../src/diagnose/check.js';
import type { RunningProgram } from '../../../../src/diagnose/running-program.js';

/** A device `site1/dev1` that is diagnosed. */
export function patientOf(mqtt: Partial<MqttConfig>, rest: Partial<Patient> = {}): Patient {
  const config = configSchema.parse({ site: 'site1', device: 'dev1' });
  return {
    config: { ...config, mqtt: { ...config.mqtt, ...mqtt } },
    configFile: null,
    configProblems: [],
    root: '/',
    env: {},
    running: null,
    openHeldCameras: false,
    ...rest,
  };
}

/** A program that runs, with what its paths answer. */
export function runningWith(answers: Readonly<Record<string, unknown>> = {}): RunningProgram {
  return {
    pid: 4711,
    since: 1_700_000_000_000,
    ask: async (path) => answers[path] ?? null,
    askText: async () => null,
  };
}

export interface OpenServer {
  readonly port: number;
  close(): Promise<void>;
}

/** @param server not yet listening; whoever is connected at the end is thrown out */
export async function opened(server: Server): Promise<OpenServer> {
  const sockets = new Set<Socket>();
  // a test that fails must end
  server.unref();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A broker in this process. @param tls the options of its server where it speaks TLS */
export async function brokerWith(hooks: (aedes: Aedes) => void = () => {}, tls?: TlsOptions): Promise<OpenServer> {
  const aedes = await Aedes.createBroker();
  hooks(aedes);
  const take = (socket: Socket): void => {
    socket.on('error', () => {});
    aedes.handle(socket);
  };
  const server = await opened(tls === undefined ? createServer(take) : createTlsServer(tls, take));
  return {
    port: server.port,
    async close() {
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      await server.close();
    },
  };
}

/** Certificates made by openssl in a folder. */
export class TestAuthority {
  readonly #folder: string;
  readonly #name: string;

  /** @param name also of its files */
  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
    this.#openssl('req', '-x509', ...KEY, '-days', '99', '-subj', `/CN=${name}`, ...this.#out(name));
  }

  get file(): string {
    return join(this.#folder, `${this.#name}.pem`);
  }

  /** A certificate and its key, for 127.0.0.1 unless said otherwise, valid between two days from now. */
  issue(name: string, { from = -1, to = 90, for: names = 'IP:127.0.0.1' } = {}) {
    const at = (file: string): string => join(this.#folder, file);
    this.#openssl('req', ...KEY, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    writeFileSync(at('names.ext'), `subjectAltName=${names}\n`);
    writeFileSync(at('index.txt'), '');
    writeFileSync(at('ca.cnf'), CA);
    const signing = ['-cert', `${this.#name}.pem`, '-keyfile', `${this.#name}.key`, '-in', `${name}.csr`, '-notext'];
    const dates = ['-startdate', openSslDay(from), '-enddate', openSslDay(to)];
    this.#openssl(
      'ca',
      '-batch',
      '-config',
      'ca.cnf',
      ...dates,
      ...signing,
      '-extfile',
      'names.ext',
      '-out',
      `${name}.pem`,
    );
    const [certFile, keyFile] = [at(`${name}.pem`), at(`${name}.key`)];
    return { certFile, keyFile, cert: readFileSync(certFile), key: readFileSync(keyFile) };
  }

  #out(name: string): string[] {
    return ['-keyout', `${name}.key`, '-out', `${name}.pem`];
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.#folder, stdio: 'ignore' });
  }
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const CA = `[ca]
default_ca=d
[d]
database=index.txt
new_certs_dir=.
rand_serial=yes
default_md=sha256
policy=p
unique_subject=no
[p]
commonName=supplied
`;

/** The day so many days from now as people write it. */
export const dayFromNow = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const openSslDay = (days: number): string => `${dayFromNow(days).replaceAll('-', '').slice(2)}000000Z`;
