/** When requests are turned away. */
export interface LoadLimits {
  /** Mean delay of the event loop in ms beyond which handlers are not run. */
  readonly maxDelayMs: number;
  /** Mean delay in ms below which they are run again. */
  readonly resumeDelayMs: number;
  /** Share of the time, 0..1, that the event loop may be busy; 1: as long as it likes. */
  readonly maxUtilization: number;
}

/** How the event loop did over a while. */
export interface LoopReading {
  /** Mean, ms; null where there was no reading. */
  readonly delayMs: number | null;
  /** 0..1. */
  readonly utilization: number;
}

/** Bad readings in a row that begin it, good ones that end it: one long task is no overload, one calm moment no recovery. */
const HOT_READINGS = 2;
const CALM_READINGS = 3;

/** Decides from readings of the event loop whether requests are turned away, with hysteresis. Pure. */
export class LoadGate {
  readonly #limits: LoadLimits;
  #streak = 0;
  #isShedding = false;

  constructor(limits: LoadLimits) {
    this.#limits = limits;
  }

  get isShedding(): boolean {
    return this.#isShedding;
  }

  /** A reading without a delay changes nothing. */
  observe({ delayMs, utilization }: LoopReading): void {
    if (delayMs === null) return;
    const { maxDelayMs, resumeDelayMs, maxUtilization } = this.#limits;
    const isHot = delayMs > maxDelayMs || utilization > maxUtilization;
    const isCalm = delayMs < resumeDelayMs && utilization <= maxUtilization;
    this.#streak = (this.#isShedding ? isCalm : isHot) ? this.#streak + 1 : 0;
    if (this.#streak < (this.#isShedding ? CALM_READINGS : HOT_READINGS)) return;
    this.#isShedding = !this.#isShedding;
    this.#streak = 0;
  }
}
