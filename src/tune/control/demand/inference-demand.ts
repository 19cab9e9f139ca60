import type { CameraLoad, Observation } from '../../observation.js';
import { CameraWeek } from './camera-week.js';
import { WEEK_HOURS, type WeekMoment, weekMoment } from './week.js';

/** Cameras remembered at most, as many as a device may have; the one unseen longest goes first. */
export const MOST_CAMERAS = 64;
/** Part of an hour that must have been seen to count. */
const ENOUGH_S = 1200;
/** Clocks that differ by more between two observations were set. */
const SET_MS = 60_000;
const LONGEST_STEP_MS = 300_000;
/** s in which today's difference from the usual is expected to fade. */
const FADE_S = 2700;
/** Today's demand beside the usual, at most and at least. */
const MOST_UNUSUAL = 3;
/** s over which the trend of the last minutes is taken, and is expected to last. */
const TREND_S = 300;
/** Of what there is now: no trend of minutes goes beyond. */
const MOST_TREND = 0.5;
/** Frames a second beyond which a number is none. */
const MOST_FRAMES_PER_S = 10_000;
const LEAST_USUAL = 0.02;

interface CameraDemand {
  readonly week: CameraWeek;
  /** Inferences per second of the last minutes, and by how much a second that grows. */
  level: number;
  slope: number;
  /** Of the hour under way. */
  sum: number;
  seconds: number;
}

/**
 * What the cameras will ask for: as much as is usual at that hour of the week, by as much more or less as today is unusual now;
 * a camera that is new borrows the week of the others, on its own level. Before anything is usual, the trend of the last minutes.
 */
export class InferenceDemand {
  readonly #cameras = new Map<string, CameraDemand>();
  readonly #moment: WeekMoment = { hour: 0, over: 0 };
  readonly #ahead: WeekMoment = { hour: 0, over: 0 };
  #hour = -1;
  #last: { now: number; unixNow: number } | null = null;
  #isTimeKnown = false;

  /** Takes note of what the cameras ask for. */
  see({ now, unixNow, cameras }: Observation): void {
    const last = this.#last;
    this.#last = { now, unixNow };
    this.#isTimeKnown = weekMoment(unixNow, this.#moment);
    const elapsed = last === null ? 0 : now - last.now;
    const wasSet = last !== null && Math.abs(unixNow - last.unixNow - elapsed) > SET_MS;
    if (!(elapsed > 0) || elapsed > LONGEST_STEP_MS || wasSet || !this.#isTimeKnown) this.#dropHour();
    else if (this.#hour !== this.#moment.hour) this.#closeHour();
    this.#hour = this.#moment.hour;
    const seconds = elapsed > 0 && elapsed <= LONGEST_STEP_MS ? elapsed / 1000 : 0;
    for (const load of cameras) this.#add(load, seconds);
  }

  /** Inferences per second that a camera will ask for `seconds` ahead; what it asks for now where nothing tells. */
  of(camera: string, seconds: number): number {
    const demand = this.#cameras.get(camera);
    if (demand === undefined) return 0;
    const usual = this.#isTimeKnown ? this.#asUsual(demand, seconds) : null;
    if (usual !== null) return usual;
    const grown = demand.slope * TREND_S * (1 - Math.exp(-seconds / TREND_S));
    return demand.level + Math.max(-MOST_TREND * demand.level, Math.min(MOST_TREND * demand.level, grown));
  }

  /** Whether anything is usual yet. */
  get isLearnt(): boolean {
    for (const { week } of this.#cameras.values()) if (week.mean !== null) return true;
    return false;
  }

  /** Plain JSON: the weeks of each camera of which anything is usual, the latest seen last. */
  save(): Record<string, (number | null)[][]> {
    const learnt = [...this.#cameras].filter(([, { week }]) => week.mean !== null);
    return Object.fromEntries(learnt.map(([camera, { week }]) => [camera, week.save()]));
  }

  restore(saved: Readonly<Record<string, readonly (readonly (number | null)[])[]>>): void {
    for (const [camera, weeks] of Object.entries(saved)) {
      const demand = this.#begin(camera, 0);
      demand.week.restore(weeks);
    }
  }

  /** null: nothing is usual at that hour, or now. */
  #asUsual(demand: CameraDemand, seconds: number): number | null {
    if (!weekMoment(this.#last!.unixNow + seconds * 1000, this.#ahead)) return null;
    const usualNow = this.#usual(demand, this.#moment);
    const usualThen = this.#usual(demand, this.#ahead);
    if (usualNow === null || usualThen === null) return null;
    const today = demand.level / Math.max(LEAST_USUAL, usualNow);
    // of a camera that is new only the others' ups and downs are known, not its own level
    if (demand.week.mean === null) return usualThen * today;
    const bounded = Math.min(MOST_UNUSUAL, Math.max(1 / MOST_UNUSUAL, today));
    return usualThen * (1 + (bounded - 1) * Math.exp(-seconds / FADE_S));
  }

  #add({ camera, wantedPerS, framesPerS }: CameraLoad, seconds: number): void {
    if (!(wantedPerS >= 0) || !(framesPerS > 0 && framesPerS < MOST_FRAMES_PER_S)) return;
    const wanted = Math.min(wantedPerS, framesPerS);
    const demand = this.#cameras.get(camera) ?? this.#begin(camera, wanted);
    if (seconds === 0) {
      demand.level = wanted;
      demand.slope = 0;
      return;
    }
    const weight = 1 - Math.exp(-seconds / TREND_S);
    // Holt's two smoothings: of the level, and of what it grows by
    const before = demand.level;
    const expected = before + demand.slope * seconds;
    demand.level = Math.max(0, expected + Math.min(1, 3 * weight) * (wanted - expected));
    demand.slope += weight * ((demand.level - before) / seconds - demand.slope);
    demand.sum += wanted * seconds;
    demand.seconds += seconds;
  }

  #begin(camera: string, wanted: number): CameraDemand {
    const demand: CameraDemand = { week: new CameraWeek(), level: wanted, slope: 0, sum: 0, seconds: 0 };
    this.#cameras.set(camera, demand);
    if (this.#cameras.size > MOST_CAMERAS) this.#cameras.delete(this.#cameras.keys().next().value!);
    return demand;
  }

  /** The hour is over. */
  #closeHour(): void {
    for (const [camera, demand] of [...this.#cameras]) {
      if (demand.seconds < ENOUGH_S) continue;
      demand.week.add(this.#hour, demand.sum / demand.seconds);
      // seen last, forgotten last
      this.#cameras.delete(camera);
      this.#cameras.set(camera, demand);
    }
    this.#dropHour();
  }

  #dropHour(): void {
    for (const demand of this.#cameras.values()) demand.sum = demand.seconds = 0;
  }

  /** In a straight line between the middles of the hours. */
  #usual(demand: CameraDemand, { hour, over }: WeekMoment): number | null {
    const isEarly = over < 0.5;
    const before = isEarly ? (hour + WEEK_HOURS - 1) % WEEK_HOURS : hour;
    const a = this.#usualAt(demand, before);
    const b = this.#usualAt(demand, (before + 1) % WEEK_HOURS);
    const along = isEarly ? over + 0.5 : over - 0.5;
    return a === null || b === null ? (a ?? b) : a + (b - a) * along;
  }

  #usualAt(demand: CameraDemand, hour: number): number | null {
    return demand.week.usual(hour) ?? this.#borrowed(demand, hour);
  }

  /** The hour as the other cameras have it, each as a multiple of its own mean, on the level of this one. */
  #borrowed(demand: CameraDemand, hour: number): number | null {
    let sum = 0;
    let lenders = 0;
    for (const other of this.#cameras.values()) {
      const { mean } = other.week;
      if (other === demand || mean === null || mean < LEAST_USUAL) continue;
      const usual = other.week.usual(hour);
      if (usual === null) continue;
      sum += usual / mean;
      lenders++;
    }
    // its own mean is not known yet: today's difference from the usual puts it on its level
    return lenders === 0 ? null : (sum / lenders) * (demand.week.mean ?? 1);
  }
}
