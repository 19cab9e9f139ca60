import { ConfigError } from '../../../foundation/errors.js';
import { decoded, splitAddress } from '../../../foundation/userinfo.js';

/** Where a database of PostgreSQL is, and how that is told without its password. */
export interface PostgresAddress {
  /** As pg takes it. */
  readonly url: string;
  /** For people: no password, no parameters. */
  readonly shown: string;
  /** Each way the password may be written; never to be shown. */
  readonly secrets: readonly string[];
}

/** Whether a target of the command line is an address and not a file. */
export const isAddress = (target: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(target);

/**
 * Reads `postgres://user@host:5432/dbname`; a password in it is taken, PGPASSWORD and ~/.pgpass do as well.
 *
 * @throws ConfigError where it is no address of PostgreSQL; its text has no password
 */
export function postgresAddress(target: string): PostgresAddress {
  const split = splitAddress(target);
  if (split === null || !/^postgres(ql)?$/.test(split.scheme))
    throw unusable(
      split === null
        ? 'expected an address such as postgres://host:5432/dbname, got what is none'
        : `expected a file, or an address such as postgres://host:5432/dbname, got one of ${split.scheme}`,
    );
  if (split.ambiguous)
    throw unusable('expected a user and a password without /, ? and # as they are: write them as %2F, %3F and %23');
  let url: URL;
  try {
    // a socket has no host before its database: postgres://user@/dbname?host=/run/postgresql
    url = new URL(target.trim().replace(/^(\w+:\/\/[^/?#]*@)(?=[/?]|$)/, '$1localhost'));
  } catch {
    throw unusable(
      `expected an address such as postgres://host:5432/dbname, got one of the host ${split.rest.split(/[/?]/)[0]}`,
    );
  }
  const inQuery = url.searchParams.get('password') ?? '';
  const secrets = [url.password, decoded(url.password), inQuery, encodeURIComponent(inQuery)].filter(
    (secret) => secret !== '',
  );
  const host = url.searchParams.get('host') ?? url.host;
  const user = url.username === '' ? '' : `${decoded(url.username)}@`;
  return { url: target.trim(), shown: `postgres://${user}${host}${url.pathname}`, secrets };
}

/** A text without the password, wherever it comes from. */
export const withoutSecrets = (text: string, { secrets }: PostgresAddress): string =>
  secrets.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);

const unusable = (problem: string): ConfigError => new ConfigError('there is no database to look at', [problem]);
