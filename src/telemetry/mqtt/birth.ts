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

/** Whether nothing can be left out of it any more. */
export const isShortestBirth = ({ omitted }: Pick<Birth, 'omitted'>): boolean => omitted.includes('version');

/** What is left out, the whole first: the list of metrics is nearly all of it. */
const OMISSIONS: readonly (readonly (keyof BirthInfo)[])[] = [
  [],
  ['metrics', 'lastProblem'],
  ['metrics', 'lastProblem', 'version', 'model', 'variant', 'provider', 'board', 'configuration'],
];

/**
 * The longest birth that the broker takes; null where it takes none. Where so little fits, nothing is promised of the alerts behind it.
 *
 * @param fits told the bytes of a payload
 * @param fillTo bytes of a payload that a shorter one is filled up to, with blanks at its end
 */
export function longestBirth(
  head: BirthHead,
  info: BirthInfo,
  fits: (bytes: number) => boolean,
  fillTo = 0,
): Birth | null {
  for (const omissions of OMISSIONS) {
    const omitted = omissions.filter((key) => key in info);
    const kept = Object.entries(info).filter(([key]) => !omitted.includes(key as keyof BirthInfo));
    const body = {
      online: true,
      bdSeq: head.bdSeq,
      ts: head.ts,
      seq: head.seq,
      boot: head.boot,
      ...(!isShortestBirth({ omitted }) && { alertsFollow: true }),
      ...(omitted.length > 0 && { omitted }),
      ...Object.fromEntries(kept),
    };
    const payload = JSON.stringify(body);
    const bytes = Buffer.byteLength(payload);
    const blanks = Math.max(0, fillTo - bytes);
    if (fits(bytes)) return { payload: payload + ' '.repeat(blanks), bytes: bytes + blanks, omitted };
  }
  return null;
}
