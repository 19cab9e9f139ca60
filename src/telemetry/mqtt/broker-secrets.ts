import { readFile, stat } from 'node:fs/promises';
import type { MqttConfig } from '../../config/config.js';
import { EdgeError } from '../../foundation/errors.js';
import { rememberSecret } from '../../foundation/known-secrets.js';
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
 * Reads a password that stands in a file, and certificates, anew for every connection: renewed ones are used without a restart.
 *
 * @throws EdgeError E_PUBLISH naming the option and the file that cannot be read
 */
export async function readSecrets(config: MqttConfig, address: BrokerAddress): Promise<BrokerSecrets> {
  const username = config.username ?? address.username;
  const password = (await passwordOf(config)) ?? address.password;
  if (password !== null) rememberSecret(password, username ?? undefined);
  const login = {
    ...(username !== null && { username }),
    ...(password !== null && { password }),
  };
  // MQTT.js would make mqtts:// of mqtt:// with a certificate
  if (!address.tls) return login;
  return {
    ...login,
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

/** The configuration holds what the file said when the program started. */
async function passwordOf({ passwordFile, password }: MqttConfig): Promise<string | null> {
  if (passwordFile === undefined) return password ?? null;
  // a pipe says it only once
  const isPipe = (await stat(passwordFile).catch(() => null))?.isFile() === false;
  return isPipe ? (password ?? null) : (await text('passwordFile', passwordFile)).trim();
}
