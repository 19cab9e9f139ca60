/** Whether a write failed because nobody reads any more: a pipe was closed, a terminal is gone. */
export function isGone(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPIPE' || code === 'EIO';
}
