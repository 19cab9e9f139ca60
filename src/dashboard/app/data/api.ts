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
  return (await ask(address(path, words), {}, signal)).json() as Promise<T>;
}

/** A picture. @throws TroubleError */
export async function getBlob(path: string, words: Words = {}, signal?: AbortSignal): Promise<Blob> {
  return (await ask(address(path, words), {}, signal)).blob();
}

/** A picture with one of the reply's headers. @throws TroubleError */
export async function getBlobAnd(path: string, header: string, signal: AbortSignal): Promise<[Blob, string | null]> {
  const reply = await ask(path, {}, signal);
  return [await reply.blob(), reply.headers.get(header)];
}

/** Changes something. @param timeoutMs for what the answer needs more time than others @throws TroubleError */
export async function post<T>(
  path: string,
  body: unknown = {},
  words: Words = {},
  timeoutMs: number = TIMEOUT_MS,
): Promise<T> {
  return (await ask(address(path, words), posting(body), undefined, timeoutMs)).json() as Promise<T>;
}

/** A picture that somebody has to be asked for. @throws TroubleError */
export async function postForBlob(path: string, body: unknown, timeoutMs: number): Promise<Blob> {
  return (await ask(path, posting(body), undefined, timeoutMs)).blob();
}

const posting = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

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
  const [state, setState] = useState<Omit<Asked<T>, 'reload'>>({ data: null, at: null, trouble: null });
  const again = useRef<() => void>(() => undefined);
  const url = path === null ? null : address(path, words);
  useEffect(() => {
    if (!keeps || url === null) setState({ data: null, at: null, trouble: null });
    if (url === null) return undefined;
    const gone = new AbortController();
    let timer = 0;
    const load = async (): Promise<void> => {
      clearTimeout(timer);
      if (document.hidden) return;
      try {
        const data = (await (await ask(url, {}, gone.signal)).json()) as T;
        if (!gone.signal.aborted) setState({ data, at: Date.now(), trouble: null });
      } catch (error) {
        if (gone.signal.aborted) return;
        setState((last) => ({ ...last, trouble: troubleOf(error) }));
      }
      if (everyMs > 0 && !gone.signal.aborted) timer = window.setTimeout(load, everyMs);
    };
    again.current = () => void load();
    const seen = (): void => void (!document.hidden && load());
    document.addEventListener('visibilitychange', seen);
    const stop = contact.onReturn(() => void load());
    void load();
    return () => {
      gone.abort();
      clearTimeout(timer);
      stop();
      document.removeEventListener('visibilitychange', seen);
    };
  }, [url, everyMs]);
  return { ...state, reload: () => again.current() };
}

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

async function ask(
  url: string,
  init: RequestInit,
  signal?: AbortSignal,
  timeoutMs: number = TIMEOUT_MS,
): Promise<Response> {
  let reply: Response;
  try {
    reply = await fetch(url, {
      ...init,
      headers: { ...tokenHeaders(), ...(init.headers as Record<string, string> | undefined) },
      signal: untilGone(signal, timeoutMs),
      cache: 'no-store',
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    contact.lost();
    throw new TroubleError({ kind: 'offline' });
  }
  contact.made();
  if (reply.ok) return reply;
  const text = wordsOf(await reply.text());
  if (reply.status === 401) throw new TroubleError({ kind: 'token', text });
  if (reply.status === 403) throw new TroubleError({ kind: 'forbidden', text });
  throw new TroubleError({ kind: 'refused', status: reply.status, text });
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
