/*
 * `scheme://user:password@host/path`: the user part ends with the last @ that can belong to it. By the standard a /, ? or #
 * ends it before; people write their passwords as they are, and then nobody can tell it from the path.
 */

/** A URL's pieces, as far as they can be told apart. */
export interface SplitAddress {
  /** In lower case. */
  readonly scheme: string;
  /** As written; empty where there is none. In doubt everything up to the last @. */
  readonly userinfo: string;
  /** Host, port, path and query. */
  readonly rest: string;
  /** Whether programs that read it may take another place for the end of the user part. */
  readonly ambiguous: boolean;
}

const ADDRESS = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is;
/** Each ends the user part, or changes it, for one reader of URLs or another. */
const UNSAFE = /[\s/?#\\]/;
const STRAY_PERCENT = /%(?![0-9a-f]{2})/i;
const TO_ENCODE = new RegExp(`@|${UNSAFE.source}|${STRAY_PERCENT.source}`, 'gi');
/** What can be no user: an IPv4 or IPv6 address or this machine, with a port or without. */
const CERTAIN_HOST = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.%\w]*\]|localhost)(?::\d{0,5})?$/i;
/** What can be no host, so that the @ before it is one of the path: `logo@2x.png`, `stream@1`. */
const NO_HOST = /^(?:\d{0,9}(?:[/?#&\s]|$)|[\w.-]+\.(?:png|jpe?g|webp|gif|svg|mp4|mkv|ts|m3u8|sdp|cgi|php|html?)\b)/i;
/** A URL written in a text is looked at so far, in UTF-16 units. */
const LONGEST_IN_TEXT = 512;
/** They name no host, and an @ in them is one of a file's name. */
const WITHOUT_HOST = /(?:file|sim|images)$/i;
/** An address as a value in another's query. */
const INNER_ADDRESS = /=[a-z][a-z0-9+.-]{1,20}:\/\//i;
const NEXT_ADDRESS = /[\s"'`(<=,;|[][a-z][a-z0-9+.-]{1,20}:\/\//i;

/** `null` for what does not begin with `scheme://`: a path, `images:DIR`. */
export function splitAddress(url: string): SplitAddress | null {
  const [, scheme = '', body = ''] = ADDRESS.exec(url.trim()) ?? [];
  if (scheme === '') return null;
  const end = WITHOUT_HOST.test(scheme) ? -1 : endOfUserinfo(body);
  const userinfo = end > 0 ? body.slice(0, end) : '';
  return {
    scheme: scheme.toLowerCase(),
    userinfo,
    rest: body.slice(end + 1),
    // one reader decodes the others, another none of them
    ambiguous: UNSAFE.test(userinfo) || (STRAY_PERCENT.test(userinfo) && /%[0-9a-f]{2}/i.test(userinfo)),
  };
}

/** An address without its user part. */
export function withoutUserinfo(url: string): string {
  const split = splitAddress(url);
  return split === null || split.userinfo === '' ? url : `${split.scheme}://${split.rest}`;
}

/** `Basic …` of an address's user part, as it goes into the header `authorization`; null where there is none. */
export function basicAuthorization(url: string): string | null {
  const userinfo = splitAddress(url)?.userinfo ?? '';
  if (userinfo === '') return null;
  const [user = '', ...password] = userinfo.split(':');
  return `Basic ${Buffer.from(`${decoded(user)}:${decoded(password.join(':'))}`).toString('base64')}`;
}

/**
 * Which characters of a user part are to be written in another way: `# as %23, / as %2F`. Neither the user nor the password can be
 * learnt from it.
 */
export function encodingAdvice(userinfo: string): string {
  const found = [...new Set(userinfo.match(TO_ENCODE))].sort();
  return found.map((character) => `${nameOf(character)} as ${encodeURIComponent(character)}`).join(', ');
}

/** `%40` → `@`; a text with a stray % as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Every user part in a text becomes `***`: of each URL, and of `user:password@host` without a scheme. */
export function maskUserinfo(text: string): string {
  if (!text.includes('@') && !/%40/.test(text)) return text;
  return maskBare(maskEncoded(maskAddresses(text)));
}

/**
 * Where in the text behind `://` the @ stands that ends the user part; -1 where there is none. In doubt it is the last.
 */
function endOfUserinfo(text: string): number {
  const inner = text.search(INNER_ADDRESS);
  const body = inner < 0 ? text : text.slice(0, inner);
  const last = body.lastIndexOf('@');
  const authorityEnd = body.search(/[/?#\\\s]/);
  if (authorityEnd < 0 || last < authorityEnd) return last;
  const authority = body.slice(0, authorityEnd);
  const first = authority.lastIndexOf('@');
  const host = authority.slice(first + 1);
  if (CERTAIN_HOST.test(host) || NO_HOST.test(body.slice(last + 1))) return first;
  if (first >= 0 || body.slice(0, last).includes(':')) return last;
  // no password in front of it: an @ in a path or in a query
  return host.includes('.') || /[?=]/.test(body.slice(authorityEnd, last)) ? -1 : last;
}

function maskAddresses(text: string): string {
  let masked = '';
  let from = 0;
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', from)) {
    const start = at + 3;
    masked += text.slice(from, start);
    const end = WITHOUT_HOST.test(text.slice(Math.max(0, at - 6), at)) ? -1 : endInText(spanOf(text, at));
    if (end > 0) masked += '***';
    from = start + Math.max(0, end);
  }
  return masked + text.slice(from);
}

/** The longest text behind the `://` at `at` that may still be of the same URL: passwords have blanks and quotes in them. */
function spanOf(text: string, at: number): string {
  const line = text.slice(at + 3, at + 3 + LONGEST_IN_TEXT);
  const quote = /["'`](?=[a-z0-9+.-]{1,20}$)/i.exec(text.slice(Math.max(0, at - 21), at))?.[0];
  const ends = [line.search(/[\r\n]/), quote === undefined ? -1 : line.indexOf(quote), line.search(NEXT_ADDRESS)];
  return line.slice(0, Math.min(line.length, ...ends.filter((end) => end >= 0)));
}

/** As `endOfUserinfo`, where other words may follow the URL: these hold no user part if the host before them is certain. */
function endInText(span: string): number {
  const blank = span.search(/\s/);
  if (blank < 0) return endOfUserinfo(span);
  const word = span.slice(0, blank);
  const end = endOfUserinfo(word);
  const last = span.lastIndexOf('@');
  if (last < blank) return end;
  const host = /^[^/?#\\]*/.exec(word.slice(end + 1))![0];
  const isHost = CERTAIN_HOST.test(host) || /^[\w-]+(?:\.[\w-]+)+(?::\d{0,5})?[,.;:)]?$/.test(host);
  if (isHost) return end;
  // a name without a dot may be a host, or what a password with a blank begins with
  return end >= 0 || host.includes(':') || span.slice(blank, last).includes(':') ? last : end;
}

/** `rtsp%3A%2F%2Fuser%3Apass%40host`: a URL as a value in another's query. */
function maskEncoded(text: string): string {
  return text.replace(/(%3A(?:%2F%2F|\/\/))(?:(?!%3A%2F%2F)[^\s&"'])*?%40(?![^\s&"']*%40)/gi, '$1***%40');
}

/** Somebody forgot the scheme. */
function maskBare(text: string): string {
  return text.replace(
    /(^|[\s"'`(<=,;])(?!(?:file|images|mailto|npm):)[^\s"'`(<=,;:@/*]{1,64}:[^\s/"'][^\s"']{0,256}@(?=[\w[])/gi,
    '$1***@',
  );
}

function nameOf(character: string): string {
  if (character === ' ') return 'a blank';
  return character > ' ' ? character : `character ${character.charCodeAt(0)}`;
}
