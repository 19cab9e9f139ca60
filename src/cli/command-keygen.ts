import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { ConfigError, EdgeError } from '../foundation/errors.js';
import { PRIVATE_FILE } from '../foundation/private-files.js';
import { generateSigningKey } from '../telemetry/commands/keys.js';
import { print, printJson } from './print.js';

const PUBLIC_FILE = 0o644;

export interface KeygenOptions {
  readonly out: string;
  readonly json?: boolean;
}

/**
 * `command keygen`: makes a pair of keys, writes the private one for its owner only, the public one beside it, and prints it as
 * a configuration has it.
 *
 * @throws ConfigError where one of the files is there already; EdgeError E_OUTPUT where it cannot be written
 */
export function keygen({ out, json }: KeygenOptions): number {
  const file = resolve(out);
  const publicFile = `${extname(file) === '.pem' ? file.slice(0, -'.pem'.length) : file}.pub`;
  if (existsSync(publicFile)) throw isThere(publicFile);
  const { privatePem, publicText, id } = generateSigningKey();
  writeNew(file, privatePem, PRIVATE_FILE);
  writeNew(publicFile, `${publicText}\n`, PUBLIC_FILE);
  if (json) {
    printJson({ file, publicFile, key: id, publicKey: publicText });
    return 0;
  }
  print(
    `private key ${id} is in ${file}, for its owner only: whoever has it commands and updates every device that trusts it`,
  );
  print(
    `its public half is in ${publicFile}, for --key of a bundle's ./install and of update, and in a configuration as`,
  );
  print('');
  print('commands: # or update:');
  print('  publicKeys:');
  print(`    - ${publicText}`);
  return 0;
}

const isThere = (file: string): ConfigError =>
  new ConfigError('no key was made', [`--out: expected a file that is not there yet, got ${file}`]);

function writeNew(file: string, text: string, mode: number): void {
  let fd: number;
  try {
    fd = openSync(file, 'wx', mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw isThere(file);
    throw new EdgeError('E_OUTPUT', `no key was made: ${file} cannot be written`, {
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
