import { type Configuration, nameOf, type VariantTraits } from './configuration.js';
import { expectedGain, PerformanceSurface, Places } from './surface-model.js';

/** What a plan needs to know of a measured configuration. */
export interface PerformanceReading {
  /** Median from a batch sent to its answer. */
  readonly p50Ms: number;
  /** All workers together. */
  readonly imagesPerSecond: number;
  /** How far off the two may be, relative; unset: as on a quiet device. */
  readonly spread?: number;
}

/** Decides what is measured next, group by group; pure: readings in, configurations out. */
export interface SearchPlan {
  /** How many configurations will be measured at most, those recorded already included; failures cost nothing of it. */
  readonly most: number;
  /** The next group, to be measured in interleaved rounds; empty: done. */
  next(): Configuration[];
  record(configuration: Configuration, reading: PerformanceReading): void;
  /** It could not be measured. `never`: nothing of this variant on this provider can, as the model was refused. */
  fail(configuration: Configuration, never: boolean): void;
}

export interface SearchOptions {
  readonly variants: readonly VariantTraits[];
  /** Share of the space to measure at most, 0..1. */
  readonly share: number;
  /** Configurations per group. */
  readonly group: number;
  /** Measurements kept free for the one that is repeated to see drift. */
  readonly reserve?: number;
}

/**
 * What the repeated measurements for drift cost a search, in configurations: one window for every group.
 * @param rounds windows per configuration
 */
export function anchorReserve(space: number, share: number, group: number, rounds: number): number {
  const most = space * share;
  return Math.ceil(most / groupSize(most, group)) / rounds;
}

/** Small groups where few are to be measured: each group learns from those before it. */
const groupSize = (most: number, group: number): number => Math.min(group, Math.max(2, Math.ceil(most / 4)));

/** A gain of less than this, relative, is not worth another measurement. */
const WORTHWHILE = 0.0003;
/** So few are measured all the same, whatever the share: a space of a handful has nothing to skip. */
const LEAST = 3;
/** The best of all counts so many times the best of a variant. */
const ALL = 3;

type Objective = 'latency' | 'throughput';
const OBJECTIVES: readonly Objective[] = ['latency', 'throughput'];

/** Larger is better. */
const scoreOf = (objective: Objective, { p50Ms, imagesPerSecond }: PerformanceReading): number =>
  objective === 'latency' ? -Math.log(p50Ms) : Math.log(imagesPerSecond);

/**
 * Finds the fastest configurations, by latency and by throughput, of each variant and in all, with few measurements:
 * first the corners of each provider with one variant of medium size, then, again and again, where a `Surface` fitted to
 * what is known expects to gain most. Deterministic.
 */
export class ProfileSearch implements SearchPlan {
  readonly most: number;
  readonly #options: SearchOptions;
  readonly #places: Places;
  readonly #open: Map<string, Configuration>;
  readonly #measured: { readonly configuration: Configuration; readonly reading: PerformanceReading }[] = [];

  constructor(space: readonly Configuration[], options: SearchOptions) {
    const { variants, share, reserve = 0 } = options;
    const pairs = new Set(space.map(({ variant, provider }) => `${variant} ${provider}`)).size;
    const least = Math.min(space.length, Math.max(LEAST, share < 1 ? 0 : pairs));
    this.most = Math.max(least, Math.floor(space.length * share - reserve));
    this.#options = options;
    this.#places = new Places(variants);
    this.#open = new Map(space.map((configuration) => [nameOf(configuration), configuration]));
  }

  record(configuration: Configuration, reading: PerformanceReading): void {
    this.#open.delete(nameOf(configuration));
    this.#measured.push({ configuration, reading });
  }

  fail(failed: Configuration, never: boolean): void {
    this.#open.delete(nameOf(failed));
    for (const [name, other] of this.#open) {
      if (other.variant !== failed.variant || other.provider !== failed.provider) continue;
      const larger = other.threads >= failed.threads && other.batch >= failed.batch && other.workers >= failed.workers;
      if (never || larger) this.#open.delete(name);
    }
  }

  next(): Configuration[] {
    const group = groupSize(this.most, this.#options.group);
    const room = Math.min(group, this.most - this.#measured.length);
    if (room <= 0 || this.#open.size === 0) return [];
    const chosen = this.#corners().slice(0, room);
    if (this.#measured.length === 0 && chosen.length === 0) return [...this.#open.values()].slice(0, room);
    return chosen.length > 0 ? chosen : this.#mostPromising(room);
  }

  /** Per provider: least of everything, then most threads, most workers, largest batch; with a variant of medium size. */
  #corners(): Configuration[] {
    const chosen = new Map<string, Configuration>();
    const all = [...this.#measured.map(({ configuration }) => configuration), ...this.#open.values()];
    for (const provider of new Set(all.map((one) => one.provider))) {
      const own = all.filter((one) => one.provider === provider);
      const variant = this.#medium(own);
      const corners = cornersOf(own.filter((one) => one.variant === variant)).slice(
        0,
        Math.max(1, Math.floor(this.most / 4)),
      );
      for (const corner of corners) if (this.#open.has(nameOf(corner))) chosen.set(nameOf(corner), corner);
    }
    return [...chosen.values()];
  }

  #medium(among: readonly Configuration[]): string {
    const ids = new Set(among.map(({ variant }) => variant));
    const sizes = this.#options.variants
      .filter(({ id }) => ids.has(id))
      .sort((a, b) => a.width * a.height - b.width * b.height);
    return sizes[Math.floor((sizes.length - 1) / 2)]!.id;
  }

  /** One after the other, each as if those before it had read what is expected of them. */
  #mostPromising(room: number): Configuration[] {
    const chosen: Configuration[] = [];
    const known = [...this.#measured];
    const open = new Map(this.#open);
    while (chosen.length < room && open.size > 0) {
      const best = this.#best(known, open);
      if (best === null) break;
      open.delete(nameOf(best.configuration));
      chosen.push(best.configuration);
      known.push(best);
    }
    return chosen;
  }

  /** The open configuration with the largest expected gain in any goal, with what it is expected to read; null: none is worth it. */
  #best(
    known: readonly { readonly configuration: Configuration; readonly reading: PerformanceReading }[],
    open: ReadonlyMap<string, Configuration>,
  ): { configuration: Configuration; reading: PerformanceReading } | null {
    const points = known.map(({ configuration }) => this.#places.of(configuration));
    const surfaces = OBJECTIVES.map((objective) => ({
      surface: new PerformanceSurface(
        points,
        known.map(({ reading }) => scoreOf(objective, reading)),
        known.map(({ reading }) => reading.spread ?? 0),
      ),
      bests: bestsOf(known, objective),
    }));
    let best: { configuration: Configuration; reading: PerformanceReading } | null = null;
    let most = WORTHWHILE;
    for (const configuration of open.values()) {
      const point = this.#places.of(configuration);
      const expected = surfaces.map(({ surface, bests }) => {
        const { mean, deviation } = surface.predict(point);
        return { mean, gain: gainOf(mean, deviation, bests, configuration.variant) };
      });
      const gain = expected[0]!.gain + expected[1]!.gain;
      if (gain <= most) continue;
      most = gain;
      best = {
        configuration,
        reading: { p50Ms: Math.exp(-expected[0]!.mean), imagesPerSecond: Math.exp(expected[1]!.mean) },
      };
    }
    return best;
  }
}

function cornersOf(own: readonly Configuration[]): Configuration[] {
  const low = {
    threads: Math.min(...own.map(({ threads }) => threads)),
    batch: Math.min(...own.map(({ batch }) => batch)),
    workers: Math.min(...own.map(({ workers }) => workers)),
  };
  const axes = ['threads', 'workers', 'batch'] as const;
  const corners = [low, ...axes.map((axis) => ({ ...low, [axis]: Math.max(...along(own, axis, low)) }))];
  return corners.flatMap(
    (corner) => own.find((one) => Object.entries(corner).every(([k, v]) => one[k as 'batch'] === v)) ?? [],
  );
}

/** The values of an axis where the other two are least. */
function along(
  own: readonly Configuration[],
  axis: 'threads' | 'workers' | 'batch',
  low: Readonly<Record<'threads' | 'workers' | 'batch', number>>,
): number[] {
  const others = (['threads', 'workers', 'batch'] as const).filter((name) => name !== axis);
  return own.filter((one) => others.every((name) => one[name] === low[name])).map((one) => one[axis]);
}

interface Bests {
  readonly all: number;
  readonly variants: ReadonlyMap<string, number>;
}

function bestsOf(
  known: readonly { readonly configuration: Configuration; readonly reading: PerformanceReading }[],
  objective: Objective,
): Bests {
  const variants = new Map<string, number>();
  for (const { configuration, reading } of known) {
    const score = scoreOf(objective, reading);
    variants.set(
      configuration.variant,
      Math.max(score, variants.get(configuration.variant) ?? Number.NEGATIVE_INFINITY),
    );
  }
  return { all: Math.max(...variants.values()), variants };
}

/** The gain in all and the gain of the variant; a variant never measured is worth more than any gain. */
function gainOf(mean: number, deviation: number, bests: Bests, variant: string): number {
  const own = bests.variants.get(variant);
  const overall = expectedGain(mean, deviation, bests.all);
  return ALL * overall + (own === undefined ? 10 + mean - bests.all : expectedGain(mean, deviation, own));
}
