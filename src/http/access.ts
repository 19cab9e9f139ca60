import { createHash, timingSafeEqual } from 'node:crypto';
import { namedViewer, OPERATOR, type TokenRole, tenantViewer, type Viewer } from '../foundation/viewer.js';

/** A tenant, as far as HTTP knows it. */
export interface TenantAccess {
  readonly id: string;
  /** Bearer token; undefined where it has none and may ask for nothing. */
  readonly token?: string | undefined;
  /** Ids of its cameras. */
  readonly cameras: readonly string[];
}

/** A token of one person or program, of which only a digest is known. */
export interface NamedToken {
  readonly name: string;
  readonly role: TokenRole;
  /** Id of the tenant whose it is, who is shown their own alone; absent: of whoever runs it. */
  readonly tenant?: string;
  /** SHA-256 of `Bearer ` and the token, in lower-case hex: see `tokenDigest`. */
  readonly digest: string;
}

interface Holder {
  /** Of the whole `Authorization` header. */
  readonly digest: Buffer;
  readonly viewer: Viewer;
}

/** Whose each token is. */
export class Access {
  readonly #holders: Holder[];
  readonly #tenants: ReadonlyMap<string, Viewer>;
  readonly #changeDigest: Buffer | null;

  /**
   * @param operatorToken null where the operator needs none, which is so only without tenants
   * @param changeToken what changes need where reading needs none; null: nothing can be changed then
   * @param named tokens with a role each
   */
  constructor(
    operatorToken: string | null,
    tenants: readonly TenantAccess[],
    changeToken: string | null,
    named: readonly NamedToken[] = [],
  ) {
    this.#changeDigest = changeToken === null ? null : digestOf(`Bearer ${changeToken}`);
    const viewers = tenants.map(({ id, token, cameras }) => ({ token, viewer: tenantViewer(id, cameras) }));
    this.#tenants = new Map(viewers.map(({ viewer }) => [viewer.tenant!, viewer]));
    this.#holders = [{ token: operatorToken ?? undefined, viewer: OPERATOR }, ...viewers].flatMap(
      ({ token, viewer }) => (token === undefined ? [] : [{ digest: digestOf(`Bearer ${token}`), viewer }]),
    );
    for (const { name, role, digest, tenant } of named) {
      const viewer = tenant === undefined ? namedViewer(name, role) : { ...tenantViewer(tenant, []), name };
      this.#holders.push({ digest: Buffer.from(digest, 'hex'), viewer });
    }
  }

  /** Whether whoever asks is taken for the operator: nobody was given a token. */
  get needsNoToken(): boolean {
    return this.#holders.length === 0 && this.#tenants.size === 0;
  }

  /**
   * Whether whoever may ask may change something too: without a token of their own they need that for changes.
   *
   * @param header `Authorization`
   */
  mayChange(header: string | undefined): boolean {
    if (!this.needsNoToken) return true;
    return this.#changeDigest !== null && timingSafeEqual(digestOf(header ?? ''), this.#changeDigest);
  }

  get tenants(): ReadonlyMap<string, Viewer> {
    return this.#tenants;
  }

  /**
   * Whose token a request carries; null where it is nobody's. Digests of all tokens are compared, also after one was found: how long
   * it takes tells nothing about any of them.
   *
   * @param header `Authorization`
   */
  holderOf(header: string | undefined): Viewer | null {
    const digest = digestOf(header ?? '');
    let found: Viewer | null = null;
    for (const holder of this.#holders) if (timingSafeEqual(digest, holder.digest)) found = holder.viewer;
    return found;
  }
}

/** Pairs of holders that were given the same token, by the keys of the configuration; empty where there are none. */
export function sharedTokens(operatorToken: string | null, tenants: readonly TenantAccess[]): [string, string][] {
  const firstAt = new Map<string, string>(operatorToken === null ? [] : [[operatorToken, 'http.token']]);
  return tenants.flatMap(({ token }, index): [string, string][] => {
    if (token === undefined) return [];
    const at = `tenants.${index}.http.token`;
    const first = firstAt.get(token);
    if (first === undefined) firstAt.set(token, at);
    return first === undefined ? [] : [[first, at]];
  });
}

/** What is kept of a token in place of it, lower-case hex. */
export const tokenDigest = (token: string): string => digestOf(`Bearer ${token}`).toString('hex');

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
