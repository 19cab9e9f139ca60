import type { WebRequest } from '../web-request.js';

/** Words of header names that say who asks, or with what right: `X-Api-Key`, `X-Auth-Request-Email`, `Ssl-Client-Cert`. */
const WORDS = new Set(
  (
    'auth authorization authentication authenticated webauth token key apikey secret password credential credentials ' +
    'session sessionid sid user userid username login email account customer tenant principal identity role roles group ' +
    'groups permissions jwt assertion oidc saml dpop cert dn csrf xsrf signature impersonate'
  ).split(' '),
);
/** Have such a word and are the same for everybody; browsers alone make those that begin with `sec-`. */
const OF_NOBODY = /^(user-agent$|sec-)/;
/** Names whose meaning is remembered: clients can make up as many as they like. */
const MOST_NAMES = 500;

/** Tells requests that say who asks with other headers than `Authorization` and `Cookie`. */
export class CredentialHeaders {
  readonly #known = new Map<string, boolean>();

  /** @param keyed names that count in the key: what is kept for one of their values is served to no other */
  constructor(keyed: readonly string[]) {
    for (const name of keyed) this.#known.set(name.toLowerCase(), false);
  }

  isIn(request: WebRequest): boolean {
    for (const name of request.names()) if (this.#known.get(name) ?? this.#learn(name)) return true;
    return false;
  }

  #learn(name: string): boolean {
    const says = !OF_NOBODY.test(name) && name.split(/[^a-z]+/).some((word) => WORDS.has(word));
    if (this.#known.size < MOST_NAMES) this.#known.set(name, says);
    return says;
  }
}
