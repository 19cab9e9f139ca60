/**
 * Does something under a signal that is also aborted after so many ms.
 *
 * @throws what `work` throws
 */
export async function doWithin<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const enough = new AbortController();
  const abort = () => enough.abort();
  const timer = setTimeout(abort, ms);
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    return await work(enough.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
