import { readFileSync } from 'node:fs';
import { ConfigError, explain } from '../../foundation/errors.js';
import { decoded, encodingAdvice, maskUserinfo, splitAddress } from '../../foundation/userinfo.js';
import type { RedisAddress, RedisTls } from './redis-client.js';

/** Where the shared tier is, and how it is used. Times in ms. */
export interface RedisTierOptions {
  /**
   * `redis://user:password@host:6379/0`, `rediss://…` with TLS, `unix:///path/of/the.sock`. A primary of Redis 6.2 or later, or
   * of Valkey; no cluster.
   */
  readonly url: string;
  /** Begins every key and names the channel: letters, digits, `.`, `_`, `-`, at most 100. Nothing else on the server is touched. */
  readonly prefix: string;
  /** Whose data it is, where one program has a cache for each of several; no tenant sees another's. As `prefix`. */
  readonly tenant?: string;
  /** Instead of the URL's. */
  readonly username?: string;
  /** Instead of the URL's. */
  readonly password?: string;
  /** A file with the password, read at each connection; a line feed at its end is none of it. */
  readonly passwordFile?: string;
  /** With `rediss://`. */
  readonly tls?: RedisTls;
  /** That one operation may take before memory goes on alone; default 250. */
  readonly operationTimeout?: number;
  /** That connecting and logging in may take; default 2000. */
  readonly connectTimeout?: number;
  /** For which the programs wait at most for one that died while it computed a key; default 5000. */
  readonly lease?: number;
  /** Bytes of a value as it is kept; default 1 MiB. A larger one stays in memory. */
  readonly maxEntryBytes?: number;
}

/** Everything decided and checked. */
export interface RedisSettings {
  readonly address: RedisAddress;
  /** Read anew for each connection. @throws the file system's error */
  readonly password: () => string | null;
  /** Begins every key of the tier, without the colon behind it. */
  readonly root: string;
  readonly operationTimeout: number;
  readonly connectTimeout: number;
  readonly lease: number;
  readonly maxEntryBytes: number;
}

const NAME = /^[A-Za-z0-9._-]{1,100}$/;
const NAME_IN_WORDS = '1 to 100 letters, digits, ., _ or -';
const SCHEMES = ['redis', 'rediss', 'unix'];

/** @throws ConfigError with every problem; no password is in it */
export function redisSettings(options: RedisTierOptions): RedisSettings {
  const { prefix, tenant, password, passwordFile } = options;
  const problems: string[] = [];
  const parsed = parseUrl(String(options.url ?? ''), options, problems);
  if (!isName(prefix)) problems.push(`prefix: expected ${NAME_IN_WORDS}, got ${shown(prefix)}`);
  if (tenant !== undefined && !isName(tenant)) problems.push(`tenant: expected ${NAME_IN_WORDS}, got ${shown(tenant)}`);
  if (password !== undefined && passwordFile !== undefined) {
    problems.push('passwordFile: expected none beside password, got both');
  }
  const times = {
    operationTimeout: options.operationTimeout ?? 250,
    connectTimeout: options.connectTimeout ?? 2000,
    lease: options.lease ?? 5000,
    maxEntryBytes: options.maxEntryBytes ?? 2 ** 20,
  };
  for (const [name, value] of Object.entries(times)) {
    if (Number.isInteger(value) && value >= 1 && value < 2 ** 31) continue;
    problems.push(`${name}: expected a whole number from 1 to ${2 ** 31 - 1}, got ${shown(value)}`);
  }
  if (parsed === null || problems.length > 0)
    throw new ConfigError('the shared tier of the cache cannot be made', problems);
  return {
    address: parsed.address,
    password: () =>
      passwordFile === undefined
        ? (password ?? parsed.password)
        : readFileSync(passwordFile, 'utf8').replace(/\r?\n$/, ''),
    root: tenant === undefined ? prefix : `${prefix}/${tenant}`,
    ...times,
  };
}

function parseUrl(
  url: string,
  { username, tls }: RedisTierOptions,
  problems: string[],
): { address: RedisAddress; password: string | null } | null {
  const split = splitAddress(url);
  if (split === null || !SCHEMES.includes(split.scheme)) {
    problems.push(`url: expected redis://, rediss:// or unix://, got ${shown(maskUserinfo(url))}`);
    return null;
  }
  const { scheme, userinfo, rest } = split;
  if (split.ambiguous) {
    problems.push(`url: expected a user and password that stand for themselves: write ${encodingAdvice(userinfo)}`);
    return null;
  }
  if (tls !== undefined && scheme !== 'rediss')
    problems.push(`tls: expected a rediss:// URL with it, got ${scheme}://`);
  const colon = userinfo.indexOf(':');
  const user = decoded(colon < 0 ? userinfo : userinfo.slice(0, colon));
  const common = {
    username: username ?? (user === '' ? null : user),
    tls: scheme === 'rediss' ? { ...tls } : null,
  };
  const password = colon < 0 ? null : decoded(userinfo.slice(colon + 1));
  if (scheme === 'unix') return { address: { ...common, host: '', port: 0, path: rest, database: 0 }, password };
  try {
    const { hostname, port, pathname } = new URL(`http://${rest}`);
    const database = /^\/(\d{0,5})$/.exec(pathname)?.[1];
    if (database === undefined)
      problems.push(`url: expected the number of a database behind the /, got ${shown(pathname)}`);
    // a port 80 would be left out as the scheme's own
    const given = port === '' && /^[^/]*:80(?:\/|$)/.test(rest) ? 80 : port === '' ? 6379 : Number(port);
    const host = hostname.replace(/^\[|\]$/g, '');
    return { address: { ...common, host, port: given, path: null, database: Number(database ?? 0) }, password };
  } catch (error) {
    problems.push(`url: expected host and port, got ${shown(rest)} (${explain(error)})`);
    return null;
  }
}

const isName = (value: unknown): boolean => typeof value === 'string' && NAME.test(value);

function shown(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
