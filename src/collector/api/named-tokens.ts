import { IDENTIFIER, IDENTIFIER_IN_WORDS } from '../../foundation/identifier.js';
import { TOKEN_ROLES, type TokenRole } from '../../foundation/viewer.js';
import { type NamedToken, tokenDigest } from '../../http/access.js';

/*
 * Tokens with a role, in a file of the operator: a line each, `NAME ROLE DIGEST`, `#` begins a comment; the role is viewer, operator or
 * `tenant:ID`. The tokens themselves stand nowhere: who reads the file can use none of them.
 */

const TENANT = 'tenant:';
const MOST_TOKENS = 1000;
const DIGEST = /^[0-9a-f]{64}$/;

/** @throws RangeError naming the line that is none, or the name or token that is there twice */
export function parseNamedTokens(text: string): NamedToken[] {
  const tokens = text.split(/\r?\n/).flatMap((line, index) => {
    const words = line.replace(/#.*$/, '').trim();
    return words === '' ? [] : [tokenIn(words, index + 1)];
  });
  if (tokens.length > MOST_TOKENS) throw new RangeError(`expected at most ${MOST_TOKENS} tokens, got ${tokens.length}`);
  for (const key of ['name', 'digest'] as const) {
    const twice = tokens.find((one, index) => tokens.findIndex((other) => other[key] === one[key]) < index);
    if (twice !== undefined) throw new RangeError(`expected each ${key} once, got that of ${twice.name} again`);
  }
  return tokens;
}

/** The line of a token. @param tenant whose it is, who may look at their own; null: of whoever runs the fleet */
export const namedTokenLine = (name: string, role: TokenRole, token: string, tenant: string | null = null): string =>
  `${name} ${tenant === null ? role : `${TENANT}${tenant}`} ${tokenDigest(token)}`;

function tokenIn(words: string, line: number): NamedToken {
  const [name = '', role = '', digest = '', ...more] = words.split(/\s+/);
  const expected = (what: string): never => {
    throw new RangeError(`line ${line}: expected ${what}`);
  };
  if (!IDENTIFIER.test(name)) expected(`a name, ${IDENTIFIER_IN_WORDS}`);
  const tenant = role.startsWith(TENANT) ? role.slice(TENANT.length) : null;
  if (tenant !== null && !IDENTIFIER.test(tenant)) expected(`a tenant's id behind ${TENANT}, ${IDENTIFIER_IN_WORDS}`);
  const known =
    tenant === null
      ? (TOKEN_ROLES.find((one) => one === role) ?? expected(`viewer, operator or tenant:ID behind ${name}`))
      : 'viewer';
  if (!DIGEST.test(digest) || more.length > 0) expected(`64 hex digits at its end, as \`fleet token\` writes them`);
  return { name, role: known, ...(tenant !== null && { tenant }), digest };
}
