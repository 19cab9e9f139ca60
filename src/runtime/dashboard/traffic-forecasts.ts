import type { TrafficForecast, TrafficForecastPort } from '../../dashboard/api/traffic.js';
import type { TenantId } from '../../foundation/scope.js';
import type { Viewer } from '../../foundation/viewer.js';
import {
  type AheadTask,
  FORECAST_NEEDS_HOURS,
  type PlaceAhead,
  trafficAheadInThread,
} from '../../report/ahead/traffic-ahead.js';
import { type AskedOutcome, AskedWork } from '../asked-work.js';

/** From what forecasts are made. */
export interface TrafficForecastsParts {
  /** `history.db` of the device's own cameras (null), and of each tenant's. */
  readonly files: ReadonlyMap<TenantId, string>;
  readonly ownerOf: (camera: string) => TenantId;
  readonly timeZone: string;
  /** Unix ms. */
  readonly now: () => number;
  /** Default: in a thread of its own. */
  readonly make?: (task: AheadTask, signal: AbortSignal) => Promise<readonly PlaceAhead[]>;
}

interface Made {
  readonly at: number;
  readonly places: readonly PlaceAhead[] | null;
  readonly failure: string | null;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const LONGEST_MS = 120_000;
const CONFIDENCE = 0.9;

/** Forecasts on demand, one owner's at a time, each made once an hour; what failed is not tried again within a minute. */
export class TrafficForecasts implements TrafficForecastPort {
  readonly #parts: TrafficForecastsParts;
  readonly #made = new Map<TenantId, Made>();
  readonly #work = new AskedWork<TenantId>(LONGEST_MS);

  constructor(parts: TrafficForecastsParts) {
    this.#parts = parts;
  }

  forecast(viewer: Viewer): TrafficForecast {
    const owners = [...this.#parts.files.keys()].filter(
      (tenant) => viewer.kind === 'operator' || tenant === viewer.tenant,
    );
    const made = owners.map((tenant) => this.#of(tenant));
    const there = made.filter((one) => one !== null);
    const failure = there.find((one) => one.failure !== null)?.failure ?? null;
    const isWhole = there.length === made.length;
    return {
      state: !isWhole ? 'computing' : failure !== null ? 'failed' : 'done',
      failure,
      madeAt: isWhole && there.length > 0 ? Math.min(...there.map(({ at }) => at)) : null,
      confidence: CONFIDENCE,
      hoursNeeded: FORECAST_NEEDS_HOURS,
      timeZone: this.#parts.timeZone,
      places: there
        .flatMap(({ places }) => places ?? [])
        .filter(({ camera }) => viewer.sees(camera))
        .map(({ camera, place, direction, hours, hoursKnown }) => ({
          camera,
          place,
          direction,
          hours: hours === null ? null : [...hours],
          reason: hours === null ? 'too-little-history' : null,
          hoursKnown,
        })),
    };
  }

  /** Ends what is under way. */
  stop(): Promise<void> {
    return this.#work.stop();
  }

  /** null: it is being made. */
  #of(tenant: TenantId): Made | null {
    const made = this.#made.get(tenant);
    const now = this.#parts.now();
    if (made !== undefined && isFresh(made, now)) return made;
    const { files, timeZone, make = trafficAheadInThread } = this.#parts;
    let at = now;
    this.#work.ask(
      tenant,
      (signal) => {
        at = this.#parts.now();
        return make({ file: files.get(tenant)!, timeZone, now: at }, signal);
      },
      (outcome) => this.#made.set(tenant, { at, ...this.#told(tenant, outcome) }),
    );
    return null;
  }

  #told(tenant: TenantId, outcome: AskedOutcome<readonly PlaceAhead[]>): Omit<Made, 'at'> {
    if ('failure' in outcome) return { places: null, failure: outcome.failure };
    // a camera that went to another owner is shown by that one alone
    return { places: outcome.made.filter(({ camera }) => this.#parts.ownerOf(camera) === tenant), failure: null };
  }
}

/** The clock may have been set back. */
function isFresh({ at, failure }: Made, now: number): boolean {
  const span = failure === null ? HOUR_MS : MINUTE_MS;
  return Math.floor(at / span) === Math.floor(now / span);
}
