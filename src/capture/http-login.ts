import { createHash, randomBytes } from 'node:crypto';
import { type AuthChallenge, parseChallenges } from './http-challenge.js';

/** By what a camera calls them, the strongest first: Node's names of the algorithms. */
const ALGORITHMS = [
  ['SHA-512-256', 'sha512-256'],
  ['SHA-256', 'sha256'],
  ['MD5', 'md5'],
] as const;
/** Times that a question may be too old in a row. */
const MOST_STALE = 3;

/**
 * A user and a password that are shown to a camera as it asks for them: by digest authentication where it offers that, else
 * by basic. Before the camera has asked, they are sent as basic: some answer with a page for people instead of asking.
 */
export class HttpLogin {
  readonly #user: string;
  readonly #password: string;
  #challenge: AuthChallenge | null = null;
  #uses = 0;

  constructor(user: string, password: string) {
    this.#user = user;
    this.#password = password;
  }

  /**
   * The camera refused.
   * @param headers its `WWW-Authenticate` headers
   * @param times how often it did so before, in answer to the same request
   * @returns whether it is worth another try: it asks for something else, or its last question was too old
   */
  asked(headers: readonly string[], times: number): boolean {
    const challenges = parseChallenges(headers);
    const digests = ALGORITHMS.flatMap(([name]) => challenges.filter((challenge) => isDigest(challenge, name)));
    const basic = challenges.some(({ scheme }) => scheme === 'basic');
    const [digest] = digests;
    if (!digest && !basic) return false;
    const before = this.#challenge;
    this.#challenge = digest ?? null;
    this.#uses = 0;
    if (!digest) return before !== null && times === 0;
    return times === 0 || (times < MOST_STALE && digest.parameters.get('stale')?.toLowerCase() === 'true');
  }

  /**
   * The `Authorization` header of a request.
   * @param path as in the request line
   * @param cnonce a text that was never used before
   * @param method of the request: RTSP logs in as HTTP does
   */
  authorization(path: string, cnonce = randomBytes(8).toString('hex'), method = 'GET'): string {
    if (this.#challenge) return this.#digest(this.#challenge, path, cnonce, method);
    return `Basic ${Buffer.from(`${this.#user}:${this.#password}`).toString('base64')}`;
  }

  #digest({ parameters }: AuthChallenge, path: string, cnonce: string, method: string): string {
    const named = (parameters.get('algorithm') ?? 'MD5').toUpperCase();
    const [, algorithm] = ALGORITHMS.find(([name]) => named.startsWith(name))!;
    const hash = (text: string) => createHash(algorithm).update(text).digest('hex');
    const realm = parameters.get('realm') ?? '';
    const nonce = parameters.get('nonce') ?? '';
    const nc = (++this.#uses).toString(16).padStart(8, '0');
    const qop = qopOf(parameters.get('qop'));
    const secret = hash(`${this.#user}:${realm}:${this.#password}`);
    const key = named.endsWith('-SESS') ? hash(`${secret}:${nonce}:${cnonce}`) : secret;
    const question = qop === 'auth-int' ? `${method}:${path}:${hash('')}` : `${method}:${path}`;
    const response = hash([key, nonce, ...(qop ? [nc, cnonce, qop] : []), hash(question)].join(':'));
    const fields = [
      `username=${quoted(this.#user)}`,
      `realm=${quoted(realm)}`,
      `nonce=${quoted(nonce)}`,
      `uri=${quoted(path)}`,
      `response="${response}"`,
    ];
    if (parameters.has('algorithm')) fields.push(`algorithm=${parameters.get('algorithm')}`);
    if (parameters.has('opaque')) fields.push(`opaque=${quoted(parameters.get('opaque')!)}`);
    if (qop) fields.push(`qop=${qop}`, `nc=${nc}`, `cnonce="${cnonce}"`);
    else if (named.endsWith('-SESS')) fields.push(`cnonce="${cnonce}"`);
    return `Digest ${fields.join(', ')}`;
  }
}

function isDigest({ scheme, parameters }: AuthChallenge, algorithm: string): boolean {
  const named = (parameters.get('algorithm') ?? 'MD5').toUpperCase();
  return scheme === 'digest' && parameters.has('nonce') && (named === algorithm || named === `${algorithm}-SESS`);
}

/** What of the offered qualities of protection is used, undefined for the oldest form without one. */
function qopOf(offered: string | undefined): 'auth' | 'auth-int' | undefined {
  const qualities = offered?.toLowerCase().split(/[\s,]+/) ?? [];
  if (qualities.includes('auth')) return 'auth';
  return qualities.includes('auth-int') ? 'auth-int' : undefined;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
