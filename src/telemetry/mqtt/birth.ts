import type { BirthInfo } from './messages/status.js';

/** What every birth has: which connection it belongs to and where numbering begins. */
export interface BirthHead {
  readonly bdSeq: number;
  /** Unix ms. */
  readonly ts: number;
  readonly seq: number;
  readonly boot: string;
}

export interface Birth {
  readonly payload: string;
  /** Of the payload. */
  readonly bytes: number;
  /** Keys that were left out, which the message names too. */
  readonly omitted: readonly (keyof BirthInfo)[];
}

/** What is left out, the whole first: the list of metrics is nearly all of it. */
const OMISSIONS: readonly (readonly (keyof BirthInfo)[])[] = [
  [],
  ['metrics'],
  ['metrics', 'version', 'model', 'variant', 'provider'],
];

/** The longest birth that the broker takes; null where it takes none. @param fits told the bytes of a payload */
export function longestBirth(head: BirthHead, info: BirthInfo, fits: (bytes: number) => boolean): Birth | null {
  for (const omitted of OMISSIONS) {
    const kept = Object.entries(info).filter(([key]) => !omitted.includes(key as keyof BirthInfo));
    const body = {
      online: true,
      bdSeq: head.bdSeq,
      ts: head.ts,
      seq: head.seq,
      boot: head.boot,
      ...(omitted.length > 0 && { omitted }),
      ...Object.fromEntries(kept),
    };
    const payload = JSON.stringify(body);
    const bytes = Buffer.byteLength(payload);
    if (fits(bytes)) return { payload, bytes, omitted };
  }
  return null;
}
