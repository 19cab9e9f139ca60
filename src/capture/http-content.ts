import { describeContent, isRarePicture, isWords, pictureFormat } from '../media/content-kind.js';

/** How the answer of a camera is read: by request, part by part, or by ffmpeg. */
export type HttpContent = 'snapshot' | 'mjpeg' | 'video';

/** The line or two that a part begins with: a boundary, and a header that says what is in it. */
const PART = /^\s*(?:[^\r\n]{1,200}\r?\n){0,20}?[^\r\n]{0,200}content-(?:type|length)\s*:/i;
/** First bytes, in hex: MPEG-TS, FLV, Matroska, MPEG-PS, H.264 or H.265 in Annex B, MP4 (its name is behind a length). */
const VIDEO = /^(?:47.{374}47|464c5601|1a45dfa3|000001ba|0000(?:00)?01|.{8}66747970)/;
const VIDEO_BYTES = 192;

/**
 * What an answer is, by its content type and, as many cameras get that wrong, by its first bytes.
 *
 * @param type as the answer names it, empty where it does not
 * @returns null where it is nothing that could be read
 */
export function httpContent(type: string, first: Buffer): HttpContent | null {
  const text = first.toString('latin1');
  const trimmed = Buffer.from(text.trimStart(), 'latin1');
  if (pictureFormat(trimmed) !== null) return isMultipart(type) || isMotionJpeg(type) ? 'mjpeg' : 'snapshot';
  if (isRarePicture(first)) return 'snapshot';
  if (PART.test(text) && !/^\s*[<{]/.test(text)) return 'mjpeg';
  if (VIDEO.test(first.toString('hex', 0, VIDEO_BYTES)) || /^\s*#EXTM3U/.test(text)) return 'video';
  if (isWords(first)) return null;
  if (/^image\//i.test(type)) return 'snapshot';
  return /^video\/|mpegurl|^application\/octet-stream/i.test(type) ? 'video' : null;
}

/** Whether an answer names itself a stream of parts. */
export function isMultipart(type: string): boolean {
  return /^multipart\//i.test(type);
}

/** The boundary that a content type announces, null where it announces none. */
export function boundaryOf(type: string): string | null {
  const [, quoted, plain] = /boundary\s*=\s*(?:"([^"]*)"|([^;,\s]+))/i.exec(type) ?? [];
  return quoted ?? plain ?? null;
}

/**
 * Why an answer cannot be read, in words.
 *
 * @param redirectedTo where the camera sent us to, null if nowhere
 */
export function strangeContent(type: string, first: Buffer, redirectedTo: string | null): string {
  const known = 'image/*, multipart/x-mixed-replace, video/* or a playlist';
  const where = redirectedTo === null ? '' : ` from ${redirectedTo} by a redirection`;
  const content = describeContent(first);
  const advice = content.endsWith('not read') ? 'let the camera send JPEG' : 'check the address, and user and password';
  const got = `got ${content}${where}: ${advice}`;
  return `answers with ${type || 'no content type'}, expected ${known}, ${got}`;
}

function isMotionJpeg(type: string): boolean {
  return /^video\/x?-?(?:m-?jpeg|motion-?jpeg|jpeg)/i.test(type);
}
