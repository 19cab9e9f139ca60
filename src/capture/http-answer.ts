import { SourceError } from '../foundation/errors.js';

/** Status line and headers of an answer. */
export interface AnswerHead {
  /** `HTTP`, or what the status line begins with instead: `ICY`, `RTSP`; empty where there is no status line. */
  readonly protocol: string;
  readonly status: number;
  /** What the status line says beside its number. */
  readonly reason: string;
  /** By name in lower case: the values in the order in which they came. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

/** Of status line and headers together. */
const LONGEST_HEAD = 32_768;
/** Of a chunk's length with what may stand behind it. */
const LONGEST_CHUNK_LINE = 1024;
const STATUS_LINE = /^\s*(HTTP|ICY|RTSP)(?:\/\d[\d.]*)?\s+(\d{3})\b\s*(.*)$/i;
const CHUNK_LINE = /^\s*([0-9a-f]{1,8})\s*(?:;.*)?$/i;
const LF = 10;
const EMPTY = Buffer.alloc(0);

/**
 * Reads an HTTP answer as its bytes come, as tolerantly as browsers and curl do together: lines that end in a bare LF, lines
 * without a name, `ICY 200 OK` or no status line at all, chunks that are announced and are none. It goes by no
 * Content-Length, which many cameras get wrong: `lengthReached` says when the answer is as long as it says.
 */
export class AnswerParser {
  head: AnswerHead | null = null;
  /** The last chunk has come. */
  done = false;
  #rest: Buffer = EMPTY;
  #headBytes = 0;
  /** Of the head's line that is not complete yet. */
  #lineAt = 0;
  #hasLines = false;
  /** How the body is cut: not known before its first bytes are here. */
  #framing: 'unknown' | 'chunks' | 'plain' = 'unknown';
  /** Bytes of the present chunk that are still to come. */
  #chunkLeft = 0;
  #bodyBytes = 0;

  /** The body has as many bytes as its headers say. */
  get lengthReached(): boolean {
    const announced = this.head?.headers.get('content-length')?.map(Number).filter(Number.isInteger) ?? [];
    return this.#framing !== 'chunks' && announced.length > 0 && this.#bodyBytes >= Math.max(...announced);
  }

  /** Bytes of the body so far. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  /**
   * @returns the part of the body that came
   * @throws SourceError where the headers do not end
   */
  push(chunk: Buffer): Buffer {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = EMPTY;
    const body = this.head ? bytes : this.#readHead(bytes);
    const read = body.length === 0 ? EMPTY : this.#readBody(body);
    this.#bodyBytes += read.length;
    return read;
  }

  /** @returns what is left of the body when the connection is closed: an answer may lack headers, and its end */
  end(): Buffer {
    const rest = this.#rest;
    this.#rest = EMPTY;
    if (this.#framing === 'chunks') return EMPTY;
    this.head ??= this.#bareHead(rest);
    this.#bodyBytes += rest.length;
    return rest;
  }

  /** An answer without a status line is nothing but a body; one whose headers break off has none. */
  #bareHead(rest: Buffer): AnswerHead | null {
    return mayHaveStatusLine(rest) || rest.length === 0
      ? null
      : { protocol: '', status: 200, reason: '', headers: new Map() };
  }

  /** @returns the bytes behind it */
  #readHead(bytes: Buffer): Buffer {
    if (!mayHaveStatusLine(bytes)) {
      this.head = this.#bareHead(bytes);
      return bytes;
    }
    for (;;) {
      // some cameras leave the blank line out
      const picture = this.#hasLines && bytes[this.#lineAt] === 0xff && bytes[this.#lineAt + 1] === 0xd8;
      if (picture) return this.#takeHead(bytes, this.#lineAt);
      const end = bytes.indexOf(LF, this.#lineAt);
      if (end < 0) break;
      const empty = bytes.toString('latin1', this.#lineAt, end).trim() === '';
      if (empty && this.#hasLines) return this.#takeHead(bytes, end + 1);
      this.#hasLines ||= !empty;
      this.#lineAt = end + 1;
    }
    if (this.#headBytes + bytes.length > LONGEST_HEAD) {
      throw new SourceError(`its headers do not end within ${LONGEST_HEAD} bytes`);
    }
    this.#rest = bytes;
    return EMPTY;
  }

  #takeHead(bytes: Buffer, end: number): Buffer {
    const head = parseHead(bytes.toString('latin1', 0, end));
    this.#headBytes += end;
    this.#lineAt = 0;
    this.#hasLines = false;
    // 100 Continue and its like precede the answer
    if (head.status < 200) return this.#readHead(bytes.subarray(end));
    this.head = head;
    this.done = head.status === 204 || head.status === 304;
    return bytes.subarray(end);
  }

  #readBody(bytes: Buffer): Buffer {
    if (this.#framing === 'unknown') this.#framing = this.#framingOf(bytes);
    if (this.#framing === 'plain') return bytes;
    if (this.#framing === 'chunks') return this.#readChunks(bytes);
    this.#rest = bytes;
    return EMPTY;
  }

  /** Chunked is what is announced so and begins with a chunk's length. */
  #framingOf(bytes: Buffer): 'unknown' | 'chunks' | 'plain' {
    const announced = this.head!.headers.get('transfer-encoding')?.some((value) => /chunked/i.test(value));
    if (!announced) return 'plain';
    const end = bytes.indexOf(LF);
    const line = bytes.toString('latin1', 0, end < 0 ? bytes.length : end).trim();
    if (end < 0 && (line === '' || CHUNK_LINE.test(line))) return 'unknown';
    return CHUNK_LINE.test(line) ? 'chunks' : 'plain';
  }

  #readChunks(bytes: Buffer): Buffer {
    const parts: Buffer[] = [];
    let at = 0;
    while (at < bytes.length && !this.done && this.#framing === 'chunks') {
      if (this.#chunkLeft > 0) {
        const part = bytes.subarray(at, at + this.#chunkLeft);
        parts.push(part);
        this.#chunkLeft -= part.length;
        at += part.length;
        continue;
      }
      const end = bytes.indexOf(LF, at);
      if (end < 0 && bytes.length - at < LONGEST_CHUNK_LINE) {
        this.#rest = bytes.subarray(at);
        break;
      }
      at = this.#readChunkLine(bytes, at, end);
    }
    if (this.#framing === 'plain') parts.push(bytes.subarray(at));
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  /** @returns where it goes on: behind the line, or here where the line is none and the rest is taken as it is */
  #readChunkLine(bytes: Buffer, at: number, end: number): number {
    const line = bytes.toString('latin1', at, end < 0 ? bytes.length : end).trim();
    const [, length] = CHUNK_LINE.exec(line) ?? [];
    if (line !== '' && length === undefined) {
      this.#framing = 'plain';
      return at;
    }
    if (length !== undefined) {
      this.#chunkLeft = Number.parseInt(length, 16);
      this.done = this.#chunkLeft === 0;
    }
    return end + 1;
  }
}

/** Whether bytes are, or may become, the beginning of an answer with a status line. */
function mayHaveStatusLine(bytes: Buffer): boolean {
  const text = bytes.toString('latin1', 0, 64).trimStart().slice(0, 5).toUpperCase();
  return ['HTTP/', 'ICY ', 'RTSP/'].some((start) => start.startsWith(text) || text.startsWith(start));
}

function parseHead(text: string): AnswerHead {
  const lines = text.trim().split(/\r?\n/);
  const [, protocol = '', status = '200', reason = ''] = STATUS_LINE.exec(lines[0]!) ?? [];
  const headers = new Map<string, string[]>();
  let values: string[] | undefined;
  for (const line of lines.slice(1)) {
    // a line that begins with blanks goes on with the one before
    if (/^[ \t]/.test(line) && values) values.push(`${values.pop()} ${line.trim()}`);
    const [, name, value = ''] = /^([^\s:]+)\s*:(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    values = headers.get(name.toLowerCase()) ?? [];
    values.push(value.trim());
    headers.set(name.toLowerCase(), values);
  }
  return { protocol: protocol.toUpperCase(), status: Number(status), reason: reason.trim(), headers };
}
