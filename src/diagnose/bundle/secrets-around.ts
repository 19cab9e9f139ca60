import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rememberSecret, rememberSecretsOf } from '../../foundation/known-secrets.js';
import { isSecretName } from '../../foundation/secret-values.js';

/** What the unit of the service reads its secrets from. */
const ENVIRONMENT_FILE = 'etc/edge-optimizer/environment';
/** Named like secrets, and none. */
const NO_SECRET = /(?:^(?:OLD)?PWD$|_?(?:FILE|PATH|SOCK|DIR|TYPE|ADDRESS|ID|CLASS|DESKTOP)$)/i;
const PLAIN = /^(?:true|false|yes|no|on|off|none|null|\d{1,5})$/i;

/**
 * From here on the secrets are masked too that only the environment holds: that of this process, of the running program, and
 * the file that its unit reads. Those of the configuration are known since it was read.
 *
 * @param root where the file system is
 * @param pid of the running program; null where none runs, or it is not known
 */
export function rememberSecretsAround(env: NodeJS.ProcessEnv, root: string, pid: number | null): void {
  for (const [name, value] of Object.entries(env)) rememberVariable(name, value ?? '');
  const running = pid === null ? '' : textOf(join(root, 'proc', `${pid}`, 'environ'));
  for (const pair of running.split('\0')) rememberPair(pair);
  for (const line of textOf(join(root, ENVIRONMENT_FILE)).split('\n')) rememberPair(line.trim());
}

function rememberPair(pair: string): void {
  const equals = pair.indexOf('=');
  if (equals < 1 || pair.startsWith('#')) return;
  rememberVariable(pair.slice(0, equals), unquoted(pair.slice(equals + 1)));
}

function rememberVariable(name: string, value: string): void {
  if (value.includes('://')) rememberSecretsOf(value);
  if (isSecretName(name) && !NO_SECRET.test(name) && !PLAIN.test(value)) rememberSecret(value);
}

const unquoted = (text: string): string => /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;

/** Empty where it is not there, or not ours to read. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
