import { maskKnownSecrets } from '../../foundation/known-secrets.js';
import { maskCredentials } from '../../foundation/log.js';
import { isSecretName } from '../../foundation/secret-values.js';

/*
 * What is sent to strangers is masked more thoroughly than a log line is: a secret may lie in it base64- or percent-coded once
 * more, cut in two by the colours of a terminal, in JSON within JSON, or be of a kind that a running program never writes.
 */

/** Colours and cursor movements of a terminal, also as JSON, shells and rsyslog write them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
const STEERING = /(?:\x1b|\\+u001b|\\+x1b|\\+033|#033)(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\))/gi;
/** Characters that nobody sees, and that hide a word from whoever looks for it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const UNSEEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const PERCENT_CODED = /[^\s"'<>\\]*%[0-9a-f]{2}[^\s"'<>\\]*/gi;
const BASE64 = /[A-Za-z0-9+/_-]{8,}={0,2}/g;
const HEX = /(?:[0-9a-f]{2}){6,}/gi;
const UNICODE_CODED_WORD = /[^\s"'<>]*\\+u[0-9a-f]{4}[^\s"'<>]*/gi;
const UNICODE_CODED = /\\+u([0-9a-f]{4})/gi;
const WEB_TOKEN = /\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
const KEY_BEGINS = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const KEY_ENDS = /-----END [A-Z ]*PRIVATE KEY-----/;
/** `curl -u admin:hunter2` */
const LOGIN_OPTION = /(\s(?:-u|-U|--user|--proxy-user)[\s=]+["']?)[^\s:"']{1,64}:[^\s"']+/g;
const HOME = /(\/(?:home|Users)\/)[^/\s"'<>:,;]+/g;

/** UTF-16 units: what is longer is a picture, or of no use to a reader. */
const LONGEST_TEXT = 4000;
/** The same: a longer one is a key, which is known by how it begins. */
const LONGEST_SECRET = 1000;
/** Deeper than this it may be endless. */
const MAX_DEPTH = 24;
const MOST_TIMES_CODED = 4;

/** A text without secrets, colours, and names of people who have an account. In doubt more than the secret is masked. */
export function redactText(text: string): string {
  const plain = text.replace(STEERING, '').replace(UNSEEN, ' ');
  return maskCoded(maskCredentials(maskKeys(plain))).replace(HOME, '$1***');
}

/** The same of everything in a JSON value, at any depth; what stands under the name of a secret is masked whatever it is. */
export function redactJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactBounded(value);
  if (typeof value === 'number') return isKnownNumber(value) ? '***' : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (Array.isArray(value)) return value.map((item) => redactJson(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [redactText(key), redactProperty(key, inner, depth)]),
  );
}

/** Lines of a log, each with a JSON object at its end or without one. */
export function redactLines(lines: readonly string[]): string[] {
  let isInKey = false;
  return lines.map((line) => {
    const isOfKey = isInKey;
    isInKey = (isInKey || KEY_BEGINS.test(line)) && !KEY_ENDS.test(line);
    return isOfKey ? '***' : redactLine(line);
  });
}

function redactLine(line: string): string {
  const brace = line.indexOf('{');
  if (brace < 0) return redactBounded(line);
  const fields = objectIn(line.slice(brace));
  return fields === null
    ? redactBounded(line)
    : `${redactBounded(line.slice(0, brace))}${JSON.stringify(redactJson(fields))}`;
}

function objectIn(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text.replace(STEERING, ''));
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function redactProperty(key: string, value: unknown, depth: number): unknown {
  const isText = typeof value === 'string' || typeof value === 'number';
  if (isText && isSecretName(key) && !/file$/i.test(key)) return '***';
  return redactJson(value, depth + 1);
}

/**
 * What masks a text looks at it more than once from every place: one without an end is cut off first, and what stands at the cut,
 * which may be half of a secret, is left out.
 */
function redactBounded(text: string): string {
  if (text.length <= LONGEST_TEXT) return redactText(text);
  // a picture, or something else that nobody reads
  if (!/\s/.test(text.slice(0, LONGEST_TEXT))) return `(${text.length} characters left out)`;
  const masked = redactText(text.slice(0, LONGEST_TEXT));
  return `${masked.slice(0, Math.max(0, masked.length - LONGEST_SECRET))}… (${text.length} characters)`;
}

/** A PIN that stands as a number. */
function isKnownNumber(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) >= 1000 && maskKnownSecrets(`${value}`) === '***';
}

function maskKeys(text: string): string {
  return text.replace(PRIVATE_KEY, '***').replace(WEB_TOKEN, '***').replace(LOGIN_OPTION, '$1***');
}

function maskCoded(text: string): string {
  return quotesMasked(text)
    .replace(UNICODE_CODED_WORD, (word) => whereItTells(word, unicodeDecoded(word)))
    .replace(PERCENT_CODED, (word) => percentMasked(word))
    .replace(HEX, (word) => whereItTells(word, Buffer.from(word, 'hex').toString('utf8'), '***'))
    .replace(BASE64, (word) => (tellsInBase64(word) ? '***' : word));
}

const unicodeDecoded = (word: string): string =>
  word.replace(UNICODE_CODED, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

/** What is coded, unless something has to be masked in what it means. */
function whereItTells(coded: string, meant: string, instead = maskCredentials(meant)): string {
  return maskCredentials(meant) === meant ? coded : instead;
}

/** JSON in JSON in JSON: each quotes what the one within it quoted. */
function quotesMasked(text: string): string {
  let meant = text;
  for (let times = 0; times < MOST_TIMES_CODED && meant.includes('\\'); times++) {
    meant = meant.replace(/\\(["\\/])/g, '$1');
    const masked = maskKnownSecrets(meant);
    if (masked !== meant) return maskCredentials(masked);
  }
  return text;
}

function percentMasked(word: string): string {
  let meant = word;
  for (let times = 0; times < MOST_TIMES_CODED; times++) {
    meant = meant.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => Buffer.from(codes.replaceAll('%', ''), 'hex').toString());
    const masked = maskCredentials(meant);
    // one that was masked before has nothing more to tell
    if (masked !== meant) return masked;
  }
  return word;
}

/** Where it begins within a longer word, the first letters may not be of it. */
function tellsInBase64(word: string): boolean {
  for (let skipped = 0; skipped < 4; skipped++) {
    const meant = Buffer.from(word.slice(skipped), 'base64').toString('utf8');
    if (maskKnownSecrets(meant) !== meant) return true;
  }
  return false;
}
