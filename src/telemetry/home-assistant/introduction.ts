import { type Discovery, type DiscoveryOptions, discoveryOf } from './discovery.js';
import type { Entity } from './entity.js';

/** What a broker keeps of this device for Home Assistant, as far as the device remembers. */
export interface Introduced {
  readonly topic: string;
  /** Platforms of the entities by key. */
  readonly entities: Readonly<Record<string, Entity['p']>>;
}

/** A message that a broker is to keep; `payload` null: it is to keep nothing there. */
export interface KeptMessage {
  readonly topic: string;
  readonly payload: string | null;
}

/** What is to be told, and remembered from then on. */
export interface Introduction {
  readonly messages: readonly KeptMessage[];
  readonly remembered: Introduced | null;
  /** What follows once the messages were heard; null: nothing. */
  readonly next: Introduction | null;
}

/**
 * What a device tells Home Assistant now, after what it told before: entities that are gone are taken away by a message that
 * has nothing of them but their platform, and a whole device by an empty one.
 *
 * @param wanted null where it is not to be there
 * @param before null where it never was
 */
export function introductionOf(wanted: DiscoveryOptions | null, before: Introduced | null): Introduction {
  if (wanted === null) {
    const messages = before === null ? [] : [{ topic: before.topic, payload: null }];
    const nothing = { messages: [], remembered: null, next: null };
    return { messages, remembered: before, next: before === null ? null : nothing };
  }
  const whole = discoveryOf(wanted);
  const moved = before !== null && before.topic !== whole.topic;
  const removed = before === null || moved ? {} : goneFrom(whole, before);
  const told = Object.keys(removed).length === 0 ? whole : discoveryOf(wanted, removed);
  const last: Introduction = {
    messages: [{ topic: whole.topic, payload: whole.payload }],
    remembered: { topic: whole.topic, entities: platformsOf(whole) },
    next: null,
  };
  if (moved) {
    return { messages: [{ topic: before.topic, payload: null }, ...last.messages], remembered: before, next: last };
  }
  if (told === whole) return last;
  return {
    messages: [{ topic: told.topic, payload: told.payload }],
    remembered: { topic: told.topic, entities: { ...platformsOf(whole), ...removed } },
    next: last,
  };
}

function platformsOf({ entities }: Discovery): Record<string, Entity['p']> {
  return Object.fromEntries(Object.entries(entities).map(([key, { p }]) => [key, p]));
}

function goneFrom({ entities }: Discovery, before: Introduced): Record<string, Entity['p']> {
  return Object.fromEntries(Object.entries(before.entities).filter(([key]) => !(key in entities)));
}
