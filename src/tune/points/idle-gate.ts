import type { Observation } from '../observation.js';

/** Busier than this, the device is left alone. */
const MAX_BUSY = 0.6;
/** °C under the point where the board holds itself back. */
const COOL = 12;
/** Share of the frames that come late. */
const MAX_LATE = 0.01;
/** So much more of the cores taken by others than when it began ends a measurement. */
const RUSH = 0.2;
/** The device has to have been idle for so long. */
const CALM_MS = 10_000;
/** Of the time, at most: after measuring it rests nine times as long. What it costs is not to be seen in what the service takes. */
export const IDLE_SHARE = 0.1;

/** When candidates may be measured beside the service: decides from observations, and a time. */
export class IdleGate {
  #calmSince: number | null = null;
  #elsewhere = 0;
  #restUntil = Number.NEGATIVE_INFINITY;

  /** Takes an observation in. @returns why nothing may be measured now; null: it may */
  obstacle(observation: Observation): string | null {
    const { now } = observation;
    const trouble = unrestOf(observation);
    this.#calmSince = trouble === null ? (this.#calmSince ?? now) : null;
    if (trouble !== null) return trouble;
    if (now - this.#calmSince! < CALM_MS) return 'the device has just become idle';
    return now < this.#restUntil ? 'it rests after the last measurement' : null;
  }

  /** A measurement begins. */
  begin({ cpuBusyElsewhere }: Observation): void {
    this.#elsewhere = cpuBusyElsewhere ?? 0;
  }

  /** Why the measurement under way has to end at once; null: it may go on. What it takes itself does not count. */
  interruption(observation: Observation): string | null {
    const trouble = troubleOf(observation);
    if (trouble !== null) return trouble;
    const more = (observation.cpuBusyElsewhere ?? 0) - this.#elsewhere;
    return more > RUSH ? `other programs take ${percent(more)} more of the cores` : null;
  }

  /** A measurement that took so long is over. @param now as the observations' */
  ended(now: number, tookMs: number): void {
    this.#restUntil = now + tookMs * (1 / IDLE_SHARE - 1);
  }
}

/** Why the device is no place for what can wait: heat, frames that come late, cores that are busy; null: it is idle. */
export function unrestOf(observation: Observation): string | null {
  return troubleOf(observation) ?? busyness(observation);
}

function troubleOf({ throttledBy, temperature, throttleAt, lateShare }: Observation): string | null {
  if (throttledBy.length > 0) return `the board is held back by ${throttledBy.join(' and ')}`;
  if (temperature !== null && throttleAt !== null && temperature > throttleAt - COOL) {
    return `${temperature.toFixed(0)} °C is near ${throttleAt.toFixed(0)} °C, where the board holds itself back`;
  }
  return lateShare > MAX_LATE ? `${percent(lateShare)} of the frames are late` : null;
}

function busyness({ cpuBusy }: Observation): string | null {
  return cpuBusy !== null && cpuBusy > MAX_BUSY ? `the cores are busy by ${percent(cpuBusy)}` : null;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
