import { MAX_TAG_LENGTH } from '../tags.js';
import { unpackTag } from './redis-entry.js';

/** What a change is of: a key, tags, everything, or a lease that was given back. */
export type RedisNews = {
  /** What the server had then. */
  readonly epoch: string;
  /** Of the change; a lease that is given back is none and has the number of the latest. */
  readonly number: number;
  /** Which program did it. */
  readonly origin: string;
} & (
  | { readonly kind: 'key' | 'released'; readonly key: string }
  | { readonly kind: 'tags'; readonly tags: readonly string[] }
  | { readonly kind: 'cleared' }
);

const LONGEST = 2 ** 20;
const FORM = /^([kctr]) ([a-z0-9]{1,32}) (\d{1,15}) ([a-z0-9]{1,32})\n(.*)$/s;

/** null for what is no news: anybody who may publish on the channel can say anything. */
export function parseNews(message: string): RedisNews | null {
  if (message.length > LONGEST) return null;
  const [, letter, epoch = '', number, origin = '', what = ''] = FORM.exec(message) ?? [];
  const told = { epoch, number: Number(number), origin };
  switch (letter) {
    case 'k':
      return { ...told, kind: 'key', key: what };
    case 'r':
      return { ...told, kind: 'released', key: what };
    case 'c':
      return { ...told, kind: 'cleared' };
    case 't':
      return tagsOf(what, told);
    default:
      return null;
  }
}

function tagsOf(what: string, told: { epoch: string; number: number; origin: string }): RedisNews | null {
  try {
    const tags = what.split(' ').map(unpackTag);
    return tags.every((tag) => tag !== '' && tag.length <= MAX_TAG_LENGTH) ? { ...told, kind: 'tags', tags } : null;
  } catch {
    return null;
  }
}

/** Which of the server's changes were heard of. */
export class HeardChanges {
  #latest: { epoch: string; number: number } | null = null;

  /** null before anything was heard. */
  get latest(): { readonly epoch: string; readonly number: number } | null {
    return this.#latest;
  }

  /** What the server has, at a connection. @returns whether changes were missed since the one before */
  catchUp(now: { epoch: string; number: number }): boolean {
    const known = this.#latest;
    this.#latest = now;
    return known !== null && (known.epoch !== now.epoch || known.number < now.number);
  }

  /** @returns whether a change before this one was missed: its number was left out */
  hear({ epoch, number, kind }: RedisNews): boolean {
    const known = this.#latest;
    // before the first connection is settled memory has nothing of the server's
    if (known === null) return false;
    const isSame = epoch === known.epoch;
    this.#latest = { epoch, number: isSame ? Math.max(known.number, number) : number };
    return isSame ? number > known.number + 1 : kind !== 'cleared';
  }
}
