import type { PublishConfig } from '../../config/config.js';
import type { EventKind } from '../../frame/event-kind.js';
import type { EventPayload, PublishedEvent } from './messages/event.js';

/**
 * Share of the day's bytes that stays untouched by events of a kind: where bytes are short, the rare and telling ones still go
 * through, and of those that `traffic` counts anyway only some.
 */
const RESERVES: Record<EventKind, number> = {
  infraction: 0,
  // live metrics get the last of it
  stopped: 0.05,
  moved: 0.05,
  entered: 0.25,
  exited: 0.25,
  crossed: 0.5,
  appeared: 0.75,
  left: 0.75,
};

export interface EventChoiceOptions {
  readonly publish: Pick<PublishConfig, 'events' | 'eventDetail'>;
  /** Kinds of a camera that has a list of its own. */
  readonly kindsOf: (camera: string) => readonly EventKind[] | undefined;
}

/**
 * Publishes an event where there is room for it.
 *
 * @param reserve share of the day's bytes that is to stay for others, 0..1
 * @returns whether there was
 */
export type PublishWithin = (camera: string, event: PublishedEvent, reserve: number) => boolean;

/** Which events are published, and what they say. */
export class EventChoice {
  readonly #options: EventChoiceOptions;
  readonly #leftOut = new Map<string, number>();

  constructor(options: EventChoiceOptions) {
    this.#options = options;
  }

  /** Publishes an event of a kind that is wanted. @returns false where there was no room for it, which is counted */
  tell(camera: string, event: EventPayload, publish: PublishWithin): boolean {
    const { publish: config, kindsOf } = this.#options;
    const kinds = kindsOf(camera) ?? config.events;
    if (!kinds.includes(event.kind)) return true;
    const published = config.eventDetail === 'full' ? event : lean(event);
    if (publish(camera, published, RESERVES[event.kind])) return true;
    this.#leftOut.set(camera, this.leftOut(camera) + 1);
    return false;
  }

  /** Events of a camera that there was no room for. */
  leftOut(camera: string): number {
    return this.#leftOut.get(camera) ?? 0;
  }
}

/** Who did what, where and when; what only those want who look into the answers themselves is left out. */
function lean(event: EventPayload): PublishedEvent {
  const { frame, origin, ageMs, confidence, latencyMs, counts, vehicle, ...what } = event;
  const { trackId, class: vehicleClass } = vehicle;
  if (what.kind !== 'left') return { ...what, vehicle: { trackId, class: vehicleClass } };
  const { firstBox, ...left } = what;
  return { ...left, vehicle: { trackId, class: vehicleClass } };
}
