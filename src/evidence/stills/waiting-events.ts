/** An event that waits for what its vehicle still has to show. */
export interface WaitingEvent<Event> {
  readonly event: Event;
  readonly trackId: number;
  /** Until which time on the scene's clock a better picture may come; null: no frame since it happened. */
  untilSceneMs: number | null;
  /** ms on a clock that only goes forward: then it is made of what there is, also where no frame comes any more. */
  readonly untilMs: number;
}

/**
 * Events of one camera that wait, of at most `most`; of more, the new one is refused. Decides when each is ripe: when its time on the
 * scene's clock is over, or by the real clock where the camera has gone silent.
 */
export class WaitingEvents<Event> {
  readonly #most: number;
  readonly #waitMs: number;
  #waiting: WaitingEvent<Event>[] = [];
  #trackIds: ReadonlySet<number> = new Set();

  /** @param waitMs how long after an event a better picture may come */
  constructor(most: number, waitMs: number) {
    this.#most = most;
    this.#waitMs = waitMs;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** @param now ms on a clock that only goes forward. @returns whether there is room */
  add(event: Event, trackId: number, now: number): boolean {
    if (this.#waiting.length >= this.#most) return false;
    const untilMs = now + 2 * this.#waitMs + SILENCE_MS;
    this.#keep([...this.#waiting, { event, trackId, untilSceneMs: null, untilMs }]);
    return true;
  }

  /** Vehicles that a better picture may come of. */
  get trackIds(): ReadonlySet<number> {
    return this.#trackIds;
  }

  /** Those that no frame came for yet. */
  fresh(): readonly WaitingEvent<Event>[] {
    return this.#waiting.filter(({ untilSceneMs }) => untilSceneMs === null);
  }

  /** A frame came. @param sceneMs of it */
  seen(sceneMs: number): void {
    for (const one of this.#waiting) one.untilSceneMs ??= sceneMs + this.#waitMs;
  }

  /** Takes those out that wait no longer. @param sceneMs of the latest frame, null where there was none */
  ripe(sceneMs: number | null, now: number): Event[] {
    if (this.#waiting.length === 0) return [];
    const isRipe = ({ untilSceneMs, untilMs }: WaitingEvent<Event>): boolean => {
      if (now >= untilMs) return true;
      if (sceneMs === null || untilSceneMs === null) return false;
      // a film that begins again shows nothing more of the vehicle
      return sceneMs >= untilSceneMs || sceneMs < untilSceneMs - 2 * this.#waitMs - SILENCE_MS;
    };
    const ripe = this.#waiting.filter(isRipe);
    if (ripe.length > 0) this.#keep(this.#waiting.filter((one) => !isRipe(one)));
    return ripe.map(({ event }) => event);
  }

  /** All that wait, whatever the time. */
  takeAll(): Event[] {
    const all = this.#waiting.map(({ event }) => event);
    this.#keep([]);
    return all;
  }

  #keep(waiting: WaitingEvent<Event>[]): void {
    this.#waiting = waiting;
    this.#trackIds = new Set(waiting.map(({ trackId }) => trackId));
  }
}

/** A camera that gives no frame for this long gives none in time. */
const SILENCE_MS = 2000;
