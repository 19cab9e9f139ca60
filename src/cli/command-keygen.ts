import { closeSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError, EdgeError, explain } from '../foundation/errors.js';
import { PRIVATE_FILE } from '../foundation/private-files.js';
import { generateSigningKey } from '../telemetry/commands/keys.js';
import { print, printJson } from './print.js';

export interface KeygenOptions {
  readonly out: string;
  readonly json?: boolean;
}

/**
 * `command keygen`: makes a pair of keys, writes the private one for its owner only, and prints the public one.
 *
 * @throws ConfigError where the file is there already; EdgeError E_OUTPUT where it cannot be written
 */
export function keygen({ out, json }: KeygenOptions): number {
  const file = resolve(out);
  const { privatePem, publicText, id } = generateSigningKey();
  writeNew(file, privatePem);
  if (json) {
    printJson({ file, key: id, publicKey: publicText });
    return 0;
  }
  print(`private key ${id} is in ${file}, for its owner only: whoever has it commands every device with this line`);
  print('');
  print('commands:');
  print('  publicKeys:');
  print(`    - ${publicText}`);
  return 0;
}

function writeNew(file: string, text: string): void {
  let fd: number;
  try {
    fd = openSync(file, 'wx', PRIVATE_FILE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new ConfigError('no key was made', [`--out: expected a file that is not there yet, got ${file}`]);
    }
    throw new EdgeError('E_OUTPUT', `no key was made: ${file} cannot be written: ${explain(error)}`, {
      cause: error,
      permanent: true,
    });
  }
  try {
    writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
}
