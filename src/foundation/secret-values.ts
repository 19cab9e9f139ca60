/*
 * Passwords and keys under the names that cameras, brokers and programs have for them: `pwd=…` in a query, a path or a form, JSON,
 * headers, stream keys.
 */

const NAMED = /pass|pwd|psw|secret|token|cred|senha|contrase|kennwort|jwt|hmac/;
/** Words that are secret names only by themselves: `api_key`, `x-auth`, `loginPas`. */
const WORD =
  /^(?:pw|pas|psd|pin|otp|sid|sig|sign|signature|session|cookie|ticket|mdp|clave|auth.*(?<!author)|.*key|.*pas)$/;
const HEADER_NAME = /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-.*|(?:api|access|auth|private|subscription)-.*)$/i;

const ASSIGNMENT = /([\w.[\]$-]{1,64})(?:=|%3D)/gi;
/** Up to the next parameter; what is quoted, up to the quote. */
const VALUE = /"[^"]*"|'[^']*'|(?:[^&;\s"'<>:]|:(?!\s))*/y;
const ENCODED_VALUE = /(?:(?!%26|%3B|%22)[^&;\s"'<>])*/iy;
const PROPERTY = /(\\*["'])([\w.-]{1,64})\1\s*:\s*(?=\\*["'])/g;
const HEADER = /(?<![\w-])([a-z][\w-]{2,40})\s?:[ \t]*(?=\S)/gi;

const USER = '(?:u|un|usr|user|username|user_name|login|loginuse|account|id|name|basic)';
/** `?login=admin:hunter2` */
const PAIR = new RegExp(`([?&;]${USER}=)[^&;\\s"':/]{1,64}(?::|%3A)(?!\\/\\/|%2F%2F)[^&;\\s"']*`, 'gi');
/** `p` is a page as often as a password, unless there is a user beside it. */
const P_BEHIND_USER = new RegExp(`([?&;]${USER}=[^&\\s"']*&(?:[^&\\s"']*&){0,4}?p=)[^&;\\s"']*`, 'gi');
const P_BEFORE_USER = new RegExp(`([?&;]p=)[^&;\\s"']*(?=(?:&[^&\\s"']*){0,4}?&${USER}=)`, 'gi');
/** `rtsp://host/0/admin:hunter2/main`, `http://host/snapshot?admin:hunter2` */
const PAIR_IN_PATH =
  /(:\/\/[^\s"'/?#]{1,256}(?:\/[^\s"'/?#:]{0,64}){0,8}[/?])[a-z][\w.-]{0,31}:(?!\/\/)[^\s"'/?#&=]+(?=[/?#&\s"']|$)/gi;
/** SRT: `streamid=#!::u=admin,s=hunter2` or `streamid=read:path:user:password`; a plain name is none. */
const STREAM_ID = /([?&]streamid=)(?=[^&\s"']*(?:[:,]|%3A|%2C))[^&\s"']*/gi;
/** RTMP: whoever knows the last part of the path may publish. Reolink has the channel there. */
const STREAM_KEY =
  /(rtmp[a-z]{0,2}:\/\/[^\s"'/?#]{1,256}(?:\/[^\s"'/?#]{1,256}){1,5}?\/)(?!channel\d+_(?:main|sub|ext)\.bcs)[^\s"'/?#]+(?=[?#\s"']|$)/gi;
const BEARER = /\b(bearer\s+)(?=\S{0,200}\d)[\w.~+/=-]{12,}/gi;
const BASIC = /\b(basic\s+)([a-z0-9+/_-]{4,}={0,2})/gi;
const DIGEST = /\b(digest\s+)username=[^\r\n]*/gi;

/** Whether a parameter, property, option or header of this name holds a secret: `pwd`, `loginpas`, `api_key`, `X-Auth-Token`. */
export function isSecretName(name: string): boolean {
  if (NAMED.test(name.toLowerCase())) return true;
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.split(/[^a-z]+/).some((word) => WORD.test(word));
}

/** The values of everything in a text that is named like a secret become `***`. */
export function maskSecretValues(text: string): string {
  return maskParameters(maskProperties(maskHeaders(maskTokens(text))));
}

/** What `name=value` says in an address, a form or a text under the name of a secret, as written there. */
export function secretValuesIn(text: string): string[] {
  const values: string[] = [];
  replaceBehind(text, ASSIGNMENT, (name, from) => {
    if (!isSecretName(name)) return null;
    // of a whole address the end is known: blanks and quotes are part of it, and one camera's next parameter begins with _
    const value = /^(?:(?!_[a-z]+=)[^&])*/i.exec(text.slice(from))![0];
    values.push(value.replace(/#.*/, ''), value);
    return null;
  });
  return values.filter((value) => value !== '');
}

/**
 * A command line with the values of its secret options masked: `--token abc`, `-password abc`, and whatever stands in an
 * argument.
 *
 * @param mask for the text of one argument
 */
export function maskArguments(args: readonly string[], mask: (text: string) => string): string[] {
  return args.map((arg, index) => (isSecretOption(args[index - 1]) && !arg.startsWith('-') ? '***' : mask(arg)));
}

/** Whether the argument behind this one is a secret. */
export function isSecretOption(arg: string | undefined): boolean {
  return arg !== undefined && /^--?[a-z][\w-]*$/i.test(arg) && isSecretName(arg) && !/file$/i.test(arg);
}

function maskTokens(text: string): string {
  return text
    .replace(DIGEST, '$1***')
    .replace(BEARER, '$1***')
    .replace(BASIC, (whole, word: string, pair: string) => (isUserPair(pair) ? `${word}***` : whole));
}

function isUserPair(base64: string): boolean {
  return Buffer.from(base64, 'base64').includes(':');
}

/** To the end of the line, or of the quotation that it is in. */
function maskHeaders(text: string): string {
  if (!text.includes(':')) return text;
  return replaceBehind(text, HEADER, (name, from, at) => {
    if (!HEADER_NAME.test(name) || !isSecretName(name)) return null;
    const quote = /["']$/.exec(text.slice(Math.max(0, at - 1), at))?.[0];
    const line = text.slice(from).search(/\r?\n|\\r|\\n/);
    const end = quote === undefined ? -1 : text.indexOf(quote, from);
    return Math.min(...[line < 0 ? text.length : from + line, end < 0 ? text.length : end]);
  });
}

/** `"password":"hunter2"`, also where the JSON is itself in a string. */
function maskProperties(text: string): string {
  if (!text.includes(':')) return text;
  return replaceBehind(text, PROPERTY, (_quote, from, _at, name) => {
    if (!isSecretName(name!)) return null;
    const quote = /\\*["']/y;
    quote.lastIndex = from;
    const opening = quote.exec(text)![0];
    const length = text.slice(from + opening.length).search(closing(opening));
    return { from: from + opening.length, to: length < 0 ? text.length : from + opening.length + length };
  });
}

/** The same quote, with as many backslashes before it. */
function closing(opening: string): RegExp {
  const slashes = opening.length - 1;
  return new RegExp(`(?<!\\\\)(?:\\\\\\\\){${slashes >> 1},}${slashes % 2 ? '\\\\' : ''}${opening.at(-1)}`);
}

function maskParameters(text: string): string {
  const assigned = text.replace(STREAM_ID, '$1***');
  return replaceBehind(assigned, ASSIGNMENT, (name, from) => {
    if (!isSecretName(name)) return null;
    const value = assigned[from - 1] === '=' ? VALUE : ENCODED_VALUE;
    value.lastIndex = from;
    return from + value.exec(assigned)![0].length;
  })
    .replace(PAIR, '$1***')
    .replace(P_BEHIND_USER, '$1***')
    .replace(P_BEFORE_USER, '$1***')
    .replace(PAIR_IN_PATH, '$1***')
    .replace(STREAM_KEY, '$1***');
}

type Stretch = number | { readonly from: number; readonly to: number };

/**
 * Puts `***` in the place of what stands behind some matches of a global pattern.
 *
 * @param endOf up to where, or which stretch, goes; null: nothing
 */
function replaceBehind(
  text: string,
  pattern: RegExp,
  endOf: (group: string, from: number, at: number, second?: string) => Stretch | null,
): string {
  let masked = '';
  let done = 0;
  pattern.lastIndex = 0;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const behind = pattern.lastIndex;
    const stretch = endOf(found[1]!, behind, found.index, found[2]);
    if (stretch === null) continue;
    const { from, to } = typeof stretch === 'number' ? { from: behind, to: stretch } : stretch;
    masked += to > from ? `${text.slice(done, from)}***` : text.slice(done, from);
    done = to;
    pattern.lastIndex = Math.max(to, behind);
  }
  return masked + text.slice(done);
}
