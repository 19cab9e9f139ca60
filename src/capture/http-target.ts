import { SourceError } from '../foundation/errors.js';
import { maskCredentials } from '../foundation/log.js';
import { decoded } from '../foundation/userinfo.js';
import { type CameraTrust, USUAL_TRUST } from './camera-trust.js';
import { HttpLogin } from './http-login.js';

/** A camera's address, its credentials taken out of it. */
export interface HttpTarget {
  readonly url: URL;
  /** Credentials masked. */
  readonly label: string;
  /** User and password, null where the address has none; kept from request to request. */
  readonly login: HttpLogin | null;
  /** How its certificate is judged, where the address is https. */
  readonly trust: CameraTrust;
}

/**
 * Splits `http://user:password@host/…` into the bare address and the login.
 * @throws SourceError if it is none
 */
export function httpTarget(text: string, trust: CameraTrust = USUAL_TRUST): HttpTarget {
  const label = maskCredentials(text);
  if (!URL.canParse(text)) throw SourceError.permanent(`${label} is not a URL`);
  const url = new URL(text);
  const { username, password } = url;
  const login = username || password ? new HttpLogin(decoded(username), decoded(password)) : null;
  url.username = '';
  url.password = '';
  url.hash = '';
  return { url, label, login, trust };
}

/** Whether a login for one address may be told to another that it redirects to: the same place, or the same over TLS. */
export function mayLogIn(configured: URL, asked: URL): boolean {
  if (configured.hostname !== asked.hostname) return false;
  if (configured.origin === asked.origin) return true;
  return configured.protocol === 'http:' && asked.protocol === 'https:' && configured.port === '' && asked.port === '';
}
