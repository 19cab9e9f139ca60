/** Longest text that is repeated to people, in UTF-16 units. */
const LONGEST_QUOTE = 60;
/** Bytes that are looked at for a page's title. */
const LOOKED_AT = 4096;

const FORMATS: readonly (readonly [format: PictureFormat, offset: number, signature: string])[] = [
  ['jpeg', 0, '\xff\xd8'],
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['webp', 8, 'WEBP'],
];

const PAGE = /^<(?:!doctype html|html|head|body|script|meta|title|center|div|form|table|p|h\d)\b/i;

/** Formats of pictures that cameras send. */
export type PictureFormat = 'jpeg' | 'png' | 'webp';

/** The format of a picture, by its first bytes; null where they are none's. */
export function pictureFormat(bytes: Buffer): PictureFormat | null {
  const starts = ([, offset, signature]: (typeof FORMATS)[number]) =>
    bytes.toString('latin1', offset, offset + signature.length) === signature;
  return FORMATS.find(starts)?.[0] ?? null;
}

/** First bytes of pictures that no camera sends, but that are decoded like others: GIF, TIFF, AVIF. */
const RARE = /^(?:GIF8[79]a|II\*\0|MM\0\*|....ftypavif)/s;

/** Whether bytes begin a picture that can be decoded, of a format that is not one of the usual. */
export function isRarePicture(bytes: Buffer): boolean {
  return RARE.test(bytes.toString('latin1', 0, 12));
}

/** First bytes in hex of what is sometimes sent in place of a picture. */
const OTHERS: readonly (readonly [signature: RegExp, name: string])[] = [
  [/^1[4-6]03/, 'a TLS record: is it https://?'],
  [/^424d.{8}0000/, 'a BMP picture, which is not read'],
  [/^.{8}6674797068656[39]/, 'a HEIC picture, which is not read'],
  [/^.{8}66747970/, 'an MP4 video'],
  [/^0000(?:00)?01/, 'bare H.264 or H.265 video'],
  [/^25504446/, 'a PDF document'],
  [/^1f8b/, 'compressed data (gzip)'],
];
/** A line of words with which other bytes begin. */
const LEADING_WORDS = /^[\t\r\n -~]{12,}/;

/** What bytes that are no picture are, in words for whoever has to find out why a camera sends them. */
export function describeContent(bytes: Buffer): string {
  if (bytes.length === 0) return 'nothing (0 bytes)';
  const head = bytes
    .toString('utf8', 0, LOOKED_AT)
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (PAGE.test(head)) return page(head);
  if (head.startsWith('<')) return `XML (${quote(head)})`;
  if (/^[[{]/.test(head)) return `JSON (${quote(head)})`;
  if (/^#EXTM3U/.test(head)) return 'a playlist';
  if (isText(head)) return `text (${quote(head)})`;
  const start = bytes.toString('hex', 0, 16);
  const known = OTHERS.find(([signature]) => signature.test(start));
  if (known) return known[1];
  const words = LEADING_WORDS.exec(head)?.[0];
  if (words) return `${bytes.length} bytes that begin with ${quote(words)}`;
  const hex = bytes.toString('hex', 0, 8).replace(/../g, ' $&').trim();
  return `${bytes.length} bytes that begin with ${hex}`;
}

/** Whether bytes are meant for people or programs to read: a page, JSON, plain text; also nothing at all. */
export function isWords(bytes: Buffer): boolean {
  return bytes.length === 0 || isText(bytes.toString('utf8', 0, LOOKED_AT).trimStart());
}

function page(head: string): string {
  const title = /<title[^>]*>([^<]*)/i.exec(head)?.[1]?.trim();
  return title ? `a web page (${quote(title)})` : 'a web page';
}

function isText(head: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they tell text from bytes
  return head !== '' && !/[\x00-\x08\x0e-\x1f\uFFFD]/.test(head.slice(0, LONGEST_QUOTE));
}

function quote(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return JSON.stringify(line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE - 1)}…` : line);
}
