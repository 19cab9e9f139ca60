import { isSecretOption, secretValuesIn } from './secret-values.js';
import { decoded, splitAddress } from './userinfo.js';

/*
 * The secrets that this process was given: whatever writes a text masks them wherever they stand and in whatever form, as no
 * pattern finds a password that a camera or a library repeats in words of its own.
 */

/** Forms of secrets, the last ones: 64 cameras have so many; a program that makes engine after engine must not grow. */
const MAX_FORMS = 4000;
/** A shorter one would stand in every second word, and is soon guessed anyway. */
const SHORTEST = 4;
/** From here on it is masked within words too. */
const LONG = 6;
const LETTERS_AND_DIGITS = /^[a-z0-9]+$/i;

const INNER_ADDRESS = /=([a-z][a-z0-9+.-]{1,20}(?::|%3A)(?:\/\/|%2F%2F)[^&\s]+)/gi;

const forms = new Map<string, true>();
let pattern: RegExp | null = null;

/**
 * Remembers a secret until the process ends.
 *
 * @param user whose password it is: the two together are sent in base64
 */
export function rememberSecret(secret: string, user?: string): void {
  for (const form of formsOf(secret, user)) {
    if (forms.has(form) || form.length < SHORTEST || /^\*+$/.test(form)) continue;
    forms.set(form, true);
    pattern = null;
  }
  for (const oldest of forms.keys()) {
    if (forms.size <= MAX_FORMS) break;
    forms.delete(oldest);
  }
}

/** Remembers the password of an address, and what stands in its path and query under the name of a secret. */
export function rememberSecretsOf(address: string): void {
  for (const { secret, user } of secretsIn(address)) {
    rememberSecret(secret, user);
    if (decoded(secret) !== secret) rememberSecret(decoded(secret), user && decoded(user));
  }
  // an address in another's query
  for (const [, inner] of address.matchAll(INNER_ADDRESS)) rememberSecretsOf(decoded(inner!));
}

/** Remembers what stands in a command line behind `--token` and the like, and in the addresses and headers that it names. */
export function rememberSecretsOfArguments(args: readonly string[]): void {
  for (const [index, arg] of args.entries()) {
    if (isSecretOption(args[index - 1])) rememberSecret(arg);
    rememberSecretsOf(arg);
    const header = /^[\w-]*(?:authorization|token|key|cookie)\s*:\s*(?:(?:basic|bearer)\s+)?(.+)$/i.exec(arg.trim());
    if (header) rememberSecret(header[1]!);
  }
}

/** Every remembered secret in a text becomes `***`. */
export function maskKnownSecrets(text: string): string {
  if (forms.size === 0) return text;
  pattern ??= new RegExp(
    [...forms.keys()]
      .sort((one, other) => other.length - one.length)
      .map(alternative)
      .join('|'),
    'g',
  );
  return text.replace(pattern, '***');
}

function secretsIn(address: string): { secret: string; user?: string }[] {
  const { userinfo = '' } = splitAddress(address) ?? {};
  const colon = userinfo.indexOf(':');
  const named = secretValuesIn(address).map((secret) => ({ secret }));
  // a key in the place of a user, as against `admin`
  if (colon < 0) return userinfo.length >= 12 ? [{ secret: userinfo }, ...named] : named;
  return [{ secret: userinfo.slice(colon + 1), user: userinfo.slice(0, colon) }, ...named];
}

/** As it is, and as URLs, forms, JSON and HTTP headers write it. */
function formsOf(secret: string, user: string | undefined): string[] {
  const upper = encodeURIComponent(secret);
  const strict = upper.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  const written = [
    secret, upper, strict, encodeURI(secret), userinfoOf(secret),
    new URLSearchParams({ s: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(upper),
  ]; // biome-ignore format: a form beside a form
  const lower = written.map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  const pairs =
    secret.length < SHORTEST || user === undefined
      ? [secret]
      : [secret, `${user}:${secret}`, `${decoded(user)}:${secret}`];
  const coded = pairs.flatMap((text) => {
    const bytes = Buffer.from(text);
    return [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
  });
  return [...written, ...lower, ...coded];
}

/** As `new URL` writes it into an address. */
function userinfoOf(secret: string): string {
  const url = new URL('http://host');
  url.password = secret;
  return url.password;
}

/** A short word is masked as a word only; behind an escape there is no letter before it. */
function alternative(form: string): string {
  const text = form.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  if (form.length >= LONG || !LETTERS_AND_DIGITS.test(form)) return text;
  return `(?<![A-Za-z0-9](?<!%[0-9A-Fa-f]{2})(?<!\\\\[nrtbf]))${text}(?![A-Za-z0-9])`;
}
