import { useEffect, useState } from 'preact/hooks';

/** What `#/performance?camera=north` says. */
export interface Address {
  /** Empty where it names none. */
  readonly page: string;
  readonly words: URLSearchParams;
}

function addressNow(): Address {
  const [page = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  return { page, words: new URLSearchParams(query) };
}

/** Where the page is now; whoever uses it is drawn again when that changes. */
export function useAddress(): Address {
  const [address, setAddress] = useState(addressNow);
  useEffect(() => {
    const listener = (): void => setAddress(addressNow());
    window.addEventListener('hashchange', listener);
    return () => window.removeEventListener('hashchange', listener);
  }, []);
  return address;
}

/** The address of a page. */
export function hrefOf(page: string, words: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(words).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const query = new URLSearchParams(given).toString();
  return query === '' ? `#/${page}` : `#/${page}?${query}`;
}

/** Puts words into the address of the page that is shown, in place of what they were, without a step in the history. */
export function replaceWords(words: Readonly<Record<string, string | undefined>>): void {
  const { page, words: now } = addressNow();
  const all: Record<string, string | undefined> = { ...Object.fromEntries(now), ...words };
  history.replaceState(null, '', hrefOf(page, all));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
