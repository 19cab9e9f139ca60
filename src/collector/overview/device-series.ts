import type { FleetStore, HistoryRow } from '../store/fleet-store.js';
import { onGrid, type TimeSteps, type Told } from './series.js';

/** All values are told once an hour: nothing for longer, and the device was not heard. */
const HELD_MS = 4_200_000;
const MOST_ROWS = 25_000;
const MOST_SERIES = 64;

/** A metric of a device over time. */
export interface MetricSteps {
  readonly name: string;
  /** One per step; null: the device was not heard, or had no reading. */
  readonly values: readonly (number | null)[];
}

/**
 * Metrics of some families over time, from live values and from minute summaries, which outages do not interrupt.
 *
 * @throws as the store does
 */
export async function deviceSeries(
  store: FleetStore,
  device: number,
  families: readonly string[],
  grid: TimeSteps,
): Promise<MetricSteps[]> {
  const to = grid.from + grid.steps * grid.stepMs;
  const rows = (table: 'metrics' | 'summaries'): Promise<HistoryRow[]> =>
    store.history({ device, table, from: grid.from - HELD_MS, to, limit: MOST_ROWS });
  const told = new Map<string, Told[]>();
  const heard: number[] = [];
  const isWanted = (name: string): boolean => families.includes(name.split('.', 1)[0]!);
  const tell = (name: string, at: number, value: unknown): void => {
    if (!isWanted(name)) return;
    const known = told.get(name);
    const one = { at, value: typeof value === 'number' ? value : null };
    if (known !== undefined) known.push(one);
    else if (told.size < MOST_SERIES) told.set(name, [one]);
  };
  for (const { at, body } of await rows('metrics')) {
    heard.push(at);
    const { values } = JSON.parse(body) as { values: Record<string, unknown> };
    for (const [name, value] of Object.entries(values)) tell(name, at, value);
  }
  for (const { at, body } of await rows('summaries')) tellSummary(JSON.parse(body), at, tell, heard);
  heard.sort((a, b) => a - b);
  return [...told]
    .map(([name, values]) => ({
      name,
      values: onGrid(
        values.sort((a, b) => a.at - b.at),
        heard,
        grid,
        HELD_MS,
      ),
    }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

interface Summary {
  readonly stepS: number;
  readonly metrics: Readonly<Record<string, { readonly mean?: readonly (number | null)[] }>>;
}

function tellSummary(
  { stepS, metrics }: Summary,
  from: number,
  tell: (name: string, at: number, value: unknown) => void,
  heard: number[],
): void {
  for (const [name, { mean = [] }] of Object.entries(metrics))
    for (const [step, value] of mean.entries()) {
      // what was not read in a minute says nothing against what was told live
      if (value === null) continue;
      tell(name, from + step * stepS * 1000, value);
      heard.push(from + step * stepS * 1000);
    }
}
