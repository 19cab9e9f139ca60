import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Severity } from '../../foundation/alert-declaration.js';
import { sum } from '../../foundation/statistics.js';
import { crossingsByClass } from '../overview/crossings.js';
import type { FleetDevice, FleetStore } from '../store/fleet-store.js';
import { awayStretches, connectedStretches, msWithin, type Stretch } from './availability.js';
import { type FleetReport, fleetReport, type ReportedDevice, summed } from './fleet-report.js';

const DAY_MS = 86_400_000;
const DEVICES_AT_ONCE = 500;
/** Of a device in a week: with eight cameras that count every minute. */
const MOST_ROWS = 100_000;
const MOST_KEPT = 12;
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
  readonly #made = new Map<string, { readonly at: number; readonly report: Promise<FleetReport> }>();
  #last: Promise<unknown> = Promise.resolve();
  #stopped = false;
  #done = 0;
  #waiting = 0;

  /** @param now Unix ms */
  constructor(store: FleetStore, now: () => number) {
    this.#store = store;
    this.#now = now;
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

  /** Devices that were looked at for the report that is being made. */
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
    const reported: ReportedDevice[] = [];
    this.#done = 0;
    for (let after: FleetDevice | null = null; ; ) {
      const some: FleetDevice[] = await this.#store.devices(DEVICES_AT_ONCE, after);
      for (const device of some) {
        if (this.#stopped) throw new Error('the collector ends');
        if (tenant !== undefined && (device.tenant ?? '') !== tenant) continue;
        if (device.firstHeardAt < whole.to) reported.push(await this.#deviceIn(device, whole));
        this.#done++;
        // what arrives meanwhile is written
        await nextTurn();
      }
      if (some.length < DEVICES_AT_ONCE) return fleetReport(whole, reported);
      after = some.at(-1)!;
    }
  }

  async #deviceIn(device: FleetDevice, whole: Stretch): Promise<ReportedDevice> {
    const now = this.#now();
    // before it was first heard it was not away
    const known = (one: Stretch): Stretch => ({
      from: Math.max(one.from, device.firstHeardAt),
      to: Math.max(Math.max(one.from, device.firstHeardAt), Math.min(one.to, now)),
    });
    const connections = await this.#store.connections(device.id, whole.from, whole.to);
    const connected = connectedStretches(connections, device.online === true ? device.heardAt : 0);
    const time = known(whole);
    const counted = await this.#counted(device, whole);
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

  /** By class, of each day. */
  async #counted({ id }: FleetDevice, { from, to }: Stretch): Promise<Record<string, number>[]> {
    const rows = await this.#store.history({ device: id, table: 'traffic', from, to, limit: MOST_ROWS });
    const days = Array.from({ length: Math.round((to - from) / DAY_MS) }, (): Record<string, number> => ({}));
    for (const { at, body } of rows) {
      const day = days[Math.floor((at - from) / DAY_MS)]!;
      for (const [name, count] of Object.entries(crossingsByClass(JSON.parse(body)) ?? {}))
        day[name] = (day[name] ?? 0) + count;
    }
    return days;
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
