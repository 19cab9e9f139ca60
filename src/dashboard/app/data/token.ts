const KEY = 'edge-optimizer-token';

let token = sessionStorage.getItem(KEY);

/** The bearer token that requests carry; null: none. It is kept for as long as this tab is open. */
export const currentToken = (): string | null => token;

export function setToken(next: string | null): void {
  token = next;
  if (next === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, next);
}

/** Takes the token of `#token=…` and removes it from the address, so that it is in no history and on no photograph of the screen. */
export function takeTokenFromAddress(): void {
  const found = /^#token=(.+)$/.exec(location.hash)?.[1];
  if (found === undefined) return;
  setToken(written(found));
  history.replaceState(null, '', `${location.pathname}#/`);
}

/** As `edge-optimizer dashboard` encodes it, or as somebody typed it. */
function written(found: string): string {
  try {
    return decodeURIComponent(found);
  } catch {
    return found;
  }
}

/** What a request carries besides what it asks. */
export const tokenHeaders = (): Record<string, string> => (token === null ? {} : { authorization: `Bearer ${token}` });
