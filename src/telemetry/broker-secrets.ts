import { readFile, stat } from 'node:fs/promises';
import type { MqttConfig } from '../config.js';
import { EdgeError } from '../errors.js';
import type { BrokerAddress } from './broker-address.js';

const MAX_SECRET_BYTES = 1_000_000;

/** What a connection proves itself with; PEM texts as they are in the files. */
export interface BrokerSecrets {
  readonly username?: string;
  readonly password?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/**
 * Reads password and certificates, anew for every connection: renewed ones are used without a restart.
 *
 * @throws EdgeError E_PUBLISH naming the option and the file that cannot be read
 */
export async function readSecrets(config: MqttConfig, address: BrokerAddress): Promise<BrokerSecrets> {
  const username = config.username ?? address.username;
  const fromFile = config.passwordFile && firstLine(await text('passwordFile', config.passwordFile));
  const password = config.password ?? fromFile ?? address.password;
  return {
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    ...(config.caFile && { ca: await text('caFile', config.caFile) }),
    ...(config.certFile && { cert: await text('certFile', config.certFile) }),
    ...(config.keyFile && { key: await text('keyFile', config.keyFile) }),
  };
}

async function text(option: string, file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > MAX_SECRET_BYTES) throw new Error(`it has ${size} bytes, at most ${MAX_SECRET_BYTES} are expected`);
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new EdgeError('E_PUBLISH', `mqtt.${option} cannot be read from ${file}`, { cause });
  }
}

function firstLine(content: string): string {
  return content.split(/\r?\n/, 1)[0]!;
}
