/** Mounts that are told apart; what is made of addresses beyond them is none that a programmer wrote. */
const MOST_MOUNTS = 50;
/** Numbers, UUIDs and long hexadecimal words. */
const ID = /^(\d+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{12,})$/i;

/**
 * Where Express's routers are mounted. Express tells the address that led to a router and not the pattern it was mounted
 * with: ids in it are taken out, and there is a bound.
 */
export class RouterMounts {
  readonly #known = new Set<string>();

  /** @param baseUrl as Express gives it: `/tenants/42` */
  patternOf(baseUrl: string): string {
    if (baseUrl === '') return '';
    const pattern = baseUrl
      .split('/')
      .map((part) => (ID.test(part) ? ':id' : part))
      .join('/');
    if (this.#known.has(pattern)) return pattern;
    if (this.#known.size >= MOST_MOUNTS) return '/…';
    this.#known.add(pattern);
    return pattern;
  }
}
