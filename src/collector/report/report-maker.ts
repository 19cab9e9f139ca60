import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Severity } from '../../foundation/alert-declaration.js';
import { sum } from '../../foundation/statistics.js';
import { crossingsByClass } from '../overview/crossings.js';
import { firstIdAt } from '../store/fleet-retention.js';
import type { FleetDevice, FleetStore } from '../store/fleet-store.js';
import { ArrivedDays, type CountedDays } from './arrived-days.js';
import { awayStretches, connectedStretches, msWithin, type Stretch } from './availability.js';
import { type FleetReport, fleetReport, type ReportedDevice, summed } from './fleet-report.js';

const DAY_MS = 86_400_000;
const DEVICES_AT_ONCE = 500;
/** Of a device in a week: with eight cameras that count every minute. */
const MOST_ROWS = 100_000;
const MOST_KEPT = 12;
/** Devices that are fewer than that part of all are read one by one. */
const FEW_OF = 8;
/** That are asked for and not made yet. */
const MOST_WAITING = 20;
/** ms for which a report is good: what waited during an outage may still come. */
const GOOD_MS = 300_000;

/** Which days, and of whom. */
export interface ReportQuery {
  /** Unix ms at which the first day begins, in UTC. */
  readonly from: number;
  readonly days: number;
  /** Only devices of this tenant; empty: those of none; undefined: all. */
  readonly tenant?: string | undefined;
}

/** Makes reports of the fleet from what is kept, one at a time, and keeps the last ones for a while. */
export class ReportMaker {
  readonly #store: FleetStore;
  readonly #now: () => number;
  readonly #arrivedDays: ArrivedDays;
  readonly #made = new Map<string, { readonly at: number; readonly report: Promise<FleetReport> }>();
  #last: Promise<unknown> = Promise.resolve();
  #stopped = false;
  #done = 0;
  #waiting = 0;

  /** @param now Unix ms */
  constructor(store: FleetStore, now: () => number) {
    this.#store = store;
    this.#now = now;
    this.#arrivedDays = new ArrivedDays(store);
  }

  /** @returns null: too many are asked for and not made yet @throws as the store does */
  report(query: ReportQuery): Promise<FleetReport> | null {
    const key = JSON.stringify([query.from, query.days, query.tenant]);
    const known = this.#made.get(key);
    if (known !== undefined && this.#now() - known.at < GOOD_MS) return known.report;
    if (this.#waiting >= MOST_WAITING) return null;
    this.#waiting++;
    const report = this.#last.then(() => this.#make(query)).finally(() => this.#waiting--);
    this.#last = report.catch(() => this.#made.delete(key));
    this.#made.delete(key);
    this.#made.set(key, { at: this.#now(), report });
    for (const old of [...this.#made.keys()].slice(0, -MOST_KEPT)) this.#made.delete(old);
    return report;
  }

  /** Devices that were looked at for the report that is being made; while what all sent is read, as many as that comes to. */
  get done(): number {
    return this.#done;
  }

  /** What is being made ends early, and is nobody's. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#last;
  }

  async #make({ from, days, tenant }: ReportQuery): Promise<FleetReport> {
    const whole = { from, to: from + days * DAY_MS };
    this.#done = 0;
    const all = await this.#devices();
    const chosen = all.filter(
      (one) => one.firstHeardAt < whole.to && (tenant === undefined || (one.tenant ?? '') === tenant),
    );
    // where it is of few of them, what all others sent is not worth reading
    const counted = chosen.length * FEW_OF < all.length ? null : await this.#arrived(whole, chosen.length);
    const reported: ReportedDevice[] = [];
    for (const device of chosen) {
      reported.push(await this.#deviceIn(device, whole, counted));
      this.#done = Math.max(this.#done, reported.length);
      // what arrives meanwhile is written
      await nextTurn();
      this.#goOn();
    }
    return fleetReport(whole, reported);
  }

  async #devices(): Promise<FleetDevice[]> {
    const all: FleetDevice[] = [];
    for (;;) {
      const some = await this.#store.devices(DEVICES_AT_ONCE, all.at(-1) ?? null);
      all.push(...some);
      if (some.length < DEVICES_AT_ONCE) return all;
      await nextTurn();
    }
  }

  /** What all devices counted, by the day on which it arrived. */
  async #arrived({ from, to }: Stretch, devices: number): Promise<CountedDays[]> {
    const arrived: CountedDays[] = [];
    for (let day = from; day < to && day <= this.#now(); day += DAY_MS) {
      arrived.push(await this.#arrivedDays.arrivedOn(day, () => this.#goOn()));
      this.#done = Math.floor((devices * 0.9 * (day + DAY_MS - from)) / (to - from));
    }
    return arrived;
  }

  /** @throws Error once it was stopped */
  #goOn(): void {
    if (this.#stopped) throw new Error('the collector ends');
  }

  async #deviceIn(
    device: FleetDevice,
    whole: Stretch,
    arrived: readonly CountedDays[] | null,
  ): Promise<ReportedDevice> {
    const now = this.#now();
    // before it was first heard it was not away
    const known = (one: Stretch): Stretch => ({
      from: Math.max(one.from, device.firstHeardAt),
      to: Math.max(Math.max(one.from, device.firstHeardAt), Math.min(one.to, now)),
    });
    const connections = await this.#store.connections(device.id, whole.from, whole.to);
    const connected = connectedStretches(connections, device.online === true ? device.heardAt : 0);
    const time = known(whole);
    const counted = arrived === null ? await this.#read(device, whole) : await this.#counted(device, whole, arrived);
    const days = Array.from({ length: Math.round((whole.to - whole.from) / DAY_MS) }, (_, index) => {
      const day = known({ from: whole.from + index * DAY_MS, to: whole.from + (index + 1) * DAY_MS });
      return {
        from: whole.from + index * DAY_MS,
        knownMs: day.to - day.from,
        onlineMs: msWithin(connected, day),
        crossings: sum(Object.values(counted[index]!)),
      };
    });
    return {
      site: device.site,
      device: device.device,
      tenant: device.tenant,
      version: device.version,
      knownMs: time.to - time.from,
      onlineMs: msWithin(connected, time),
      away: awayStretches(connected, time).sort((a, b) => b.to - b.from - (a.to - a.from)),
      crossings: summed(counted),
      days,
      alerts: await this.#alerts(device, whole),
    };
  }

  /** By class, of each day: what arrived on these days, and what came before or after. */
  async #counted(
    { id }: FleetDevice,
    { from, to }: Stretch,
    arrived: readonly CountedDays[],
  ): Promise<Record<string, number>[]> {
    const ids = { fromId: firstIdAt(from), toId: firstIdAt(from + arrived.length * DAY_MS) };
    const days = byDay(await this.#store.trafficFromElsewhere({ device: id, from, to, ...ids }), { from, to });
    for (const sums of arrived)
      for (const [day, classes] of sums.get(id) ?? []) {
        const index = (day - from) / DAY_MS;
        if (index in days) days[index] = summed([days[index]!, classes]);
      }
    return days;
  }

  /** The same, from all that is kept of the device. */
  async #read({ id }: FleetDevice, { from, to }: Stretch): Promise<Record<string, number>[]> {
    const query = { device: id, table: 'traffic', from, to, limit: MOST_ROWS } as const;
    return byDay(await this.#store.history(query), { from, to });
  }

  async #alerts({ id }: FleetDevice, { from, to }: Stretch): Promise<ReportedDevice['alerts']> {
    const rows = await this.#store.history({ device: id, table: 'alert_log', from, to, limit: MOST_ROWS });
    const found: Record<string, { severity: Severity; times: number }> = {};
    for (const { subject, body } of rows) {
      const { kind, alert } = JSON.parse(body) as { kind: string; alert: { severity: Severity } | null };
      if (kind !== 'raised' || subject === null) continue;
      const one = (found[subject] ??= { severity: alert?.severity ?? 'info', times: 0 });
      one.times++;
    }
    return found;
  }
}

function byDay(
  rows: readonly { readonly at: number; readonly body: string }[],
  { from, to }: Stretch,
): Record<string, number>[] {
  const days = Array.from({ length: Math.round((to - from) / DAY_MS) }, (): Record<string, number> => ({}));
  for (const { at, body } of rows) {
    const day = days[Math.floor((at - from) / DAY_MS)]!;
    for (const [name, count] of Object.entries(crossingsByClass(JSON.parse(body)) ?? {}))
      day[name] = (day[name] ?? 0) + count;
  }
  return days;
}
