/** One file of a record, ready to be sent. */
export interface UploadFile {
  /** Relative to wherever everything goes: `north-street/cabinet7/3f…/records/0000000001.record`. */
  readonly name: string;
  readonly data: Uint8Array;
  readonly contentType: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** What becomes of a file that is sent. */
export type UploadOutcome =
  /** It is there; also where it was already. */
  | { readonly kind: 'taken' }
  /** It will never be taken as it is. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It was not taken now, and may be another time. */
  | { readonly kind: 'later'; readonly reason: string };

/** Somewhere to send files to; never rejects. */
export interface Uploader {
  upload(file: UploadFile, signal: AbortSignal): Promise<UploadOutcome>;
  close(): Promise<void>;
}

/** Answers that say that this very file is wrong, and always will be. */
const REFUSALS = new Set([400, 413, 414, 415, 422]);
/** It was there already, and `if-none-match` kept it from being written again. */
export const THERE_ALREADY = 412;
const LONGEST_REASON = 200;

/** What an HTTP answer means. @param text of its body */
export function outcomeOfStatus(status: number, text: string): UploadOutcome {
  if ((status >= 200 && status < 300) || status === THERE_ALREADY) return { kind: 'taken' };
  const words = text.replace(/\s+/g, ' ').trim().slice(0, LONGEST_REASON);
  const reason = words === '' ? `it answered ${status}` : `it answered ${status}: ${words}`;
  return { kind: REFUSALS.has(status) ? 'refused' : 'later', reason };
}
