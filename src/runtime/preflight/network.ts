import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Config } from '../../config/config.js';
import { explain } from '../../foundation/errors.js';
import { maskCredentials } from '../../foundation/log.js';
import { listen } from '../../http/listen.js';
import { type Inspected, type Remark, remark } from './remark.js';

type MqttConfig = Config['mqtt'];

/** Ports to listen on, the broker and the certificates for it. */
export async function inspectNetwork({ config, here }: Inspected): Promise<Remark[]> {
  const { http, mqtt } = config;
  const findings: (Remark | null)[] = [];
  if (here && http.enabled) findings.push(await port('http.port', 'http.host', http.host, http.port));
  if (here && mqtt.broker === 'embedded') {
    findings.push(await port('mqtt.embeddedPort', 'mqtt.embeddedPort', '127.0.0.1', mqtt.embeddedPort));
  }
  if (here) findings.push(...certificates(mqtt));
  if (mqtt.broker.includes('://')) {
    findings.push(remark('untried', 'mqtt.broker', `whether ${maskCredentials(mqtt.broker)} answers`));
  }
  return findings.filter((one) => one !== null);
}

/** Opens a port for a moment: that it is taken may mean that a runtime serves here already. */
async function port(portPath: string, hostPath: string, host: string, number: number): Promise<Remark | null> {
  const server = createServer();
  try {
    await listen(server, host, number);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      return remark(
        'advice',
        portPath,
        `expected a free port, got ${number}, which is taken: by a runtime that serves?`,
      );
    }
    if (code === 'EACCES') {
      return remark('degrades', portPath, `expected a port that this user may open, got ${number}`);
    }
    return remark('degrades', hostPath, `expected an address of this machine, got ${host}: ${explain(error)}`);
  } finally {
    server.close();
  }
}

/** That the files can be read was found out with the configuration. */
function certificates({ caFile, certFile, keyFile }: MqttConfig): Remark[] {
  const authority = caFile === undefined ? null : pem('mqtt.caFile', caFile, 'certificate', asCertificate);
  const certificate = certFile === undefined ? null : pem('mqtt.certFile', certFile, 'certificate', asCertificate);
  const key = keyFile === undefined ? null : pem('mqtt.keyFile', keyFile, 'private key', createPrivateKey);
  const read = [authority, certificate, key].flatMap((one) => (one?.problem ? [one.problem] : []));
  if (!certificate?.value || !key?.value || certificate.value.checkPrivateKey(key.value)) return read;
  const unlike = `expected the key of the certificate ${certFile}, got another: ${keyFile}`;
  return [...read, remark('degrades', ['mqtt.certFile', 'mqtt.keyFile'], unlike)];
}

const asCertificate = (text: Buffer) => new X509Certificate(text);

function pem<T>(
  path: string,
  file: string,
  what: string,
  parse: (text: Buffer) => T,
): { readonly value: T | null; readonly problem: Remark | null } {
  try {
    return { value: parse(readFileSync(file)), problem: null };
  } catch {
    return { value: null, problem: remark('degrades', path, `expected a ${what} in PEM, got ${file}`) };
  }
}
