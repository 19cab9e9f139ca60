/**
 * What may make a board slow. `heat`, `power`, `current`, `quota`: it was held back by that. `clock`: its processor ran slower than usual. `steal`: a
 * hypervisor ran somebody else. `others`: another program used the processor. `processor`: nothing of it was left. `memory`, `swap`, `disk`:
 * tasks waited for them. `demand`: more was asked of it. `workers`: fewer of the detector's processes served. `stage`: one step of the work took longer.
 */
export const SUSPECTS = [
  'heat',
  'power',
  'current',
  'quota',
  'clock',
  'steal',
  'others',
  'memory',
  'swap',
  'disk',
  'workers',
  'demand',
  'processor',
] as const;
export type Suspect = (typeof SUSPECTS)[number];

/** What is read of a suspect, in `unit`: in the slow time, and usually; null where nothing tells. */
export interface SuspectReading {
  readonly suspect: Suspect;
  readonly was: number | null;
  readonly usual: number | null;
}

/** A suspect that was not as usual. */
export interface Cause extends SuspectReading {
  readonly was: number;
  /** `share` (0..1 of the time), `%`, `MHz`, `frames/s`, or empty for a count. */
  readonly unit: SuspectUnit;
  /** How much it says, 0..1: the first of them is looked at first. */
  readonly weight: number;
}

export type SuspectUnit = 'share' | '%' | 'MHz' | 'frames/s' | '';

interface Rule {
  readonly unit: SuspectUnit;
  /** 0: nothing unusual; 1: that is surely it. @param usual 0 where nothing tells */
  readonly weigh: (was: number, usual: number) => number;
}

/** Held back for a tenth of the time and more than usual. */
const held: Rule = { unit: 'share', weigh: (was, usual) => (was >= 0.1 && was > usual + 0.05 ? 0.7 + 0.3 * was : 0) };
/** @param least percent, and more than usual by as much @param most percent from which on that is surely it */
const percent = (least: number, most: number, top: number): Rule => ({
  unit: '%',
  weigh: (was, usual) => (was >= least && was >= usual + least ? top * Math.min(1, was / most) : 0),
});

const RULES: Readonly<Record<Suspect, Rule>> = {
  heat: held,
  power: held,
  current: held,
  quota: held,
  clock: { unit: 'MHz', weigh: (was, usual) => (usual > 0 && was < 0.85 * usual ? 0.9 * (1 - was / usual) : 0) },
  steal: percent(3, 20, 0.9),
  others: percent(15, 100, 0.8),
  memory: percent(5, 30, 0.85),
  swap: percent(5, 50, 0.6),
  disk: percent(10, 50, 0.7),
  workers: {
    unit: '',
    weigh: (was, usual) => (was < usual - 0.3 ? 0.8 * Math.min(1, (usual - was) / usual + 0.3) : 0),
  },
  demand: {
    unit: 'frames/s',
    weigh: (was, usual) => (usual > 0 && was > 1.25 * usual ? 0.65 * Math.min(1, was / usual - 0.6) : 0),
  },
  // that nothing is left follows from each of the others: it comes last
  processor: { unit: '%', weigh: (was, usual) => (was >= 90 && was >= usual + 10 ? 0.4 : 0) },
};

/** What was not as usual, what says most first. */
export function causesAmong(readings: readonly SuspectReading[]): Cause[] {
  return readings
    .flatMap(({ suspect, was, usual }): Cause[] => {
      if (was === null) return [];
      const { unit, weigh } = RULES[suspect];
      const weight = weigh(was, usual ?? 0);
      return weight > 0 ? [{ suspect, was, usual, unit, weight: Math.min(1, weight) }] : [];
    })
    .sort((a, b) => b.weight - a.weight);
}
