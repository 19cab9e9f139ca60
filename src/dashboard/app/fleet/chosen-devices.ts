import { useEffect, useState } from 'preact/hooks';

/** Devices that an action can name at most, as the API has it. */
export const MOST_CHOSEN = 5000;

let chosen: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

/** What was ticked on the list of devices, as `site/device`, for as long as this tab is open and not loaded anew. */
export function useChosenDevices(): ReadonlySet<string> {
  const [now, setNow] = useState(chosen);
  useEffect(() => {
    const listener = (): void => setNow(chosen);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return now;
}

/** Ticks devices, or no longer; beyond the most that can be named nothing more is ticked. */
export function chooseDevices(names: readonly string[], isChosen: boolean): void {
  const next = new Set(chosen);
  for (const name of names) {
    if (!isChosen) next.delete(name);
    else if (next.size < MOST_CHOSEN) next.add(name);
  }
  chosen = next;
  for (const listener of listeners) listener();
}

export const chooseNone = (): void => chooseDevices([...chosen], false);
