import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { namedTokenLine, parseNamedTokens } from '../../collector/api/named-tokens.js';
import { ConfigError, explain } from '../../foundation/errors.js';
import { writeWhole } from '../../foundation/private-files.js';
import type { TokenRole } from '../../foundation/viewer.js';
import { print, printJson } from '../print.js';

export interface FleetTokenFlags {
  readonly role: TokenRole;
  /** Id of the tenant whose token it is. */
  readonly tenant?: string;
  readonly tokens: string;
  readonly json?: boolean;
}

/**
 * `edge-optimizer fleet token`: a new token, whose digest is added to the file.
 *
 * @returns the exit code
 * @throws ConfigError where the name is taken or none, or the file holds something else
 */
export async function makeFleetToken(
  name: string,
  { role, tokens, tenant, json = false }: FleetTokenFlags,
): Promise<number> {
  const file = resolve(tokens);
  if (tenant !== undefined && role !== 'viewer')
    throw new ConfigError('the token cannot be made', ['--tenant: expected --role viewer: a tenant changes nothing']);
  const token = randomBytes(32).toString('base64url');
  const before = existsSync(file) ? readFileSync(file, 'utf8').replace(/\n?$/, '\n') : '';
  const text = `${before}${namedTokenLine(name, role, token, tenant ?? null)}\n`;
  try {
    parseNamedTokens(text);
  } catch (error) {
    throw new ConfigError('the token cannot be made', [`--tokens: ${explain(error)}: ${file}`]);
  }
  await writeWhole(file, text);
  if (json) printJson({ name, role, token, file });
  else {
    print(token);
    print(
      `${name} may ${role === 'operator' ? 'look and change' : tenant === undefined ? 'look' : `look at what is ${tenant}'s`}, once the collector was started with --tokens ${tokens}`,
    );
  }
  return 0;
}
