import { readFileSync } from 'node:fs';
import type { CommandsConfig } from '../../config/config.js';
import { ConfigError, explain } from '../../foundation/errors.js';
import {
  type CommandKey,
  parsePrivateKey,
  parsePublicKey,
  parsePublicKeys,
  type SigningKey,
} from '../../telemetry/commands/keys.js';

/** Whom a device obeys. */
export interface CommandKeys {
  /** May sign every command; empty where none is configured. */
  readonly keys: readonly CommandKey[];
  /** What the devices of the site sign for each other; null: they share nothing. */
  readonly siteKey: SigningKey | null;
}

/** Reads the keys of a configuration. @throws ConfigError with every one that cannot be used */
export function readCommandKeys({ publicKeys, publicKeyFile, siteKeyFile }: CommandsConfig): CommandKeys {
  const problems: string[] = [];
  const read = <T>(path: string, file: string | undefined, parse: (text: string) => T): T | null => {
    try {
      return file === undefined ? null : parse(readFileSync(file, 'utf8'));
    } catch (error) {
      problems.push(`${path}: ${explain(error)} (${file})`);
      return null;
    }
  };
  const further = read('commands.publicKeyFile', publicKeyFile, parsePublicKeys) ?? [];
  const siteKey = read('commands.siteKeyFile', siteKeyFile, parsePrivateKey);
  const keys = [...publicKeys.map(parsePublicKey), ...further];
  if (siteKey !== null && keys.some(({ id }) => id === siteKey.id)) {
    problems.push(
      `commands.siteKeyFile: expected a key of its own, got one of commands.publicKeys (${siteKey.id}): every device could command every other`,
    );
  }
  if (problems.length > 0) throw new ConfigError('keys of commands cannot be used', problems);
  return { keys, siteKey };
}
