import { useEffect, useRef, useState } from 'preact/hooks';
import { contact } from './contact.ts';
import { tokenHeaders } from './token.ts';

/** Why something was not answered. */
export type Trouble =
  /** The device does not answer at all. */
  | { readonly kind: 'offline' }
  /** A token is needed, or this one is nobody's. */
  | { readonly kind: 'token'; readonly text: string }
  /** This token may not see or do it. */
  | { readonly kind: 'forbidden'; readonly text: string }
  /** It was refused or failed, in the device's own words. */
  | { readonly kind: 'refused'; readonly status: number; readonly text: string };

/** What was asked for, as it stands. */
export interface Asked<T> {
  /** The last answer, also when a later one failed; null before the first. */
  readonly data: T | null;
  /** Unix ms of that answer. */
  readonly at: number | null;
  readonly trouble: Trouble | null;
  /** Whether `data` answers other words: those before, as long as there is no answer to these. */
  readonly isOfOthers: boolean;
  /** Asks at once. */
  readonly reload: () => void;
}

/** Words of a query; what is undefined or null is left out. */
export type Words = Readonly<Record<string, string | number | undefined | null>>;

const TIMEOUT_MS = 15_000;

/** Thrown by `get` and `post`. */
class TroubleError extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble.kind === 'offline' ? 'offline' : trouble.text);
  }
}

/** Asks the JSON API. @throws TroubleError */
export async function get<T>(path: string, words: Words = {}, signal?: AbortSignal): Promise<T> {
  return ask(address(path, words), {}, json<T>, signal);
}

/** A picture. @throws TroubleError */
export async function getBlob(path: string, words: Words = {}, signal?: AbortSignal): Promise<Blob> {
  return ask(address(path, words), {}, blob, signal);
}

/** A picture with one of the reply's headers. @throws TroubleError */
export async function getBlobAnd(path: string, header: string, signal: AbortSignal): Promise<[Blob, string | null]> {
  return ask(path, {}, async (reply) => [await reply.blob(), reply.headers.get(header)], signal);
}

/** Changes something. @param timeoutMs for what the answer needs more time than others @throws TroubleError */
export async function post<T>(
  path: string,
  body: unknown = {},
  words: Words = {},
  timeoutMs: number = TIMEOUT_MS,
): Promise<T> {
  return ask(address(path, words), posting(body), json<T>, undefined, timeoutMs);
}

/** A picture that somebody has to be asked for. @throws TroubleError */
export async function postForBlob(path: string, body: unknown, timeoutMs: number): Promise<Blob> {
  return ask(path, posting(body), blob, undefined, timeoutMs);
}

const json = <T>(reply: Response): Promise<T> => reply.json() as Promise<T>;
const blob = (reply: Response): Promise<Blob> => reply.blob();

const posting = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** What was answered last. */
interface Answer<T> {
  /** The address that was asked. */
  readonly of: string | null;
  readonly data: T | null;
  /** The address that `data` answers: the one before, where this one gave none. */
  readonly dataOf: string | null;
  readonly at: number | null;
  readonly trouble: Trouble | null;
}

/**
 * Asks for something as long as it is shown: at once, then every so often while the page is seen, and at once when it is seen again.
 *
 * @param path null: nothing is asked
 * @param keeps whether the answer to other words stays until that to these is there
 */
export function useApi<T>(
  path: string | null,
  { words = {}, everyMs = 0, keeps = false }: { words?: Words; everyMs?: number; keeps?: boolean } = {},
): Asked<T> {
  const [answer, setAnswer] = useState<Answer<T>>(nothingOf);
  const again = useRef<() => void>(() => undefined);
  const url = path === null ? null : address(path, words);
  useEffect(() => {
    if (url === null) return undefined;
    let asking = new AbortController();
    let timer = 0;
    const load = async (): Promise<void> => {
      clearTimeout(timer);
      if (document.hidden) return;
      // what was asked before may be answered later, and knows less
      asking.abort();
      asking = new AbortController();
      const { signal } = asking;
      try {
        const data = await get<T>(url, {}, signal);
        if (signal.aborted) return;
        setAnswer({ of: url, data, dataOf: url, at: Date.now(), trouble: null });
      } catch (error) {
        if (signal.aborted) return;
        const trouble = troubleOf(error);
        setAnswer((last) => ({ ...(keeps || last.of === url ? last : nothingOf<T>()), of: url, trouble }));
      }
      if (everyMs > 0) timer = window.setTimeout(load, everyMs);
    };
    again.current = () => void load();
    const seen = (): void => void (!document.hidden && load());
    document.addEventListener('visibilitychange', seen);
    const stop = contact.onReturn(() => void load());
    void load();
    return () => {
      again.current = () => undefined;
      asking.abort();
      clearTimeout(timer);
      stop();
      document.removeEventListener('visibilitychange', seen);
    };
  }, [url, everyMs]);
  const reload = (): void => again.current();
  const isAnswered = answer.of === url;
  const { data, dataOf, at } = isAnswered || (keeps && url !== null) ? answer : nothingOf<T>();
  const trouble = isAnswered ? answer.trouble : null;
  return { data, at, trouble, isOfOthers: data !== null && dataOf !== url, reload };
}

const nothingOf = <T>(): Answer<T> => ({ of: null, data: null, dataOf: null, at: null, trouble: null });

/** What an error of `get` or `post` means. */
export const troubleOf = (error: unknown): Trouble =>
  error instanceof TroubleError ? error.trouble : { kind: 'refused', status: 0, text: String(error) };

export function address(path: string, words: Words = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(words)) {
    if (value !== undefined && value !== null) query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** @param read what is made of the body, which comes over the same link and may be cut off as well */
async function ask<Read>(
  url: string,
  init: RequestInit,
  read: (reply: Response) => Promise<Read>,
  signal?: AbortSignal,
  timeoutMs: number = TIMEOUT_MS,
): Promise<Read> {
  const headers = { ...tokenHeaders(), ...(init.headers as Record<string, string> | undefined) };
  let answer: Read | TroubleError;
  try {
    const reply = await fetch(url, { ...init, headers, signal: untilGone(signal, timeoutMs), cache: 'no-store' });
    answer = reply.ok ? await read(reply) : refusalIn(reply.status, wordsOf(await reply.text()));
  } catch (cause) {
    // of what is no JSON all has come
    if (signal?.aborted || cause instanceof SyntaxError) throw cause;
    contact.lost();
    throw new TroubleError({ kind: 'offline' });
  }
  contact.made();
  if (answer instanceof TroubleError) throw answer;
  return answer;
}

function refusalIn(status: number, text: string): TroubleError {
  if (status === 401) return new TroubleError({ kind: 'token', text });
  if (status === 403) return new TroubleError({ kind: 'forbidden', text });
  return new TroubleError({ kind: 'refused', status, text });
}

/** Ends after a time, or with another: `AbortSignal.any` is younger than the browsers that the pages are built for. */
function untilGone(signal: AbortSignal | undefined, timeoutMs: number): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  if (signal === undefined) return timeout;
  const both = new AbortController();
  const end = (): void => both.abort();
  if (signal.aborted) end();
  // a page asks for as long as it is shown: nothing of a question may stay with its signal
  signal.addEventListener('abort', end, { signal: timeout });
  timeout.addEventListener('abort', end, { once: true });
  return both.signal;
}

/** `{"error": …}`, or plain text. */
function wordsOf(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    if (typeof error === 'string') return error;
  } catch {
    // it is plain text
  }
  return body.trim().slice(0, 1000);
}
