import { useEffect, useState } from 'preact/hooks';

/** Whether the device answers, for all that is shown. */
class Contact {
  /** Unix ms since when it has not answered; null while it does. */
  lostSince: number | null = null;
  readonly #listeners = new Set<() => void>();
  readonly #returns = new Set<() => void>();

  made(): void {
    if (this.lostSince === null) return;
    this.lostSince = null;
    for (const listener of [...this.#listeners, ...this.#returns]) listener();
  }

  lost(): void {
    if (this.lostSince !== null) return;
    this.lostSince = Date.now();
    for (const listener of this.#listeners) listener();
  }

  /** Asks for everything once more, as when the device is back. */
  renew(): void {
    for (const listener of this.#returns) listener();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whoever shows something old asks again then. */
  onReturn(listener: () => void): () => void {
    this.#returns.add(listener);
    return () => this.#returns.delete(listener);
  }
}

export const contact = new Contact();

/** Unix ms since when the device has not answered; null while it does. */
export function useLostSince(): number | null {
  const [since, setSince] = useState(contact.lostSince);
  useEffect(() => contact.onChange(() => setSince(contact.lostSince)), []);
  return since;
}
