import { SourceError } from '../foundation/errors.js';

/** `%40` → `@`; a text with a stray % as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The password of a URL, as written and decoded: texts that nothing may say. Shorter than 3 letters is no secret. */
export function secretsOf(url: string): string[] {
  const [, userInfo = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(url) ?? [];
  const password = userInfo.slice(userInfo.indexOf(':') + 1);
  return [password, decoded(password)].filter((secret) => secret.length >= 3);
}

/**
 * A password with a bare /, ? or # in it ends the host name early: nobody can read such a URL, nor find what to mask.
 *
 * @throws SourceError that does not repeat the URL
 */
export function checkPassword(camera: string, url: string): void {
  const [, host = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#@[]*)[/?#]\S*@/i.exec(url) ?? [];
  if (!/:\d*[^\d]/.test(host)) return;
  const advice = 'in a user name or password write them as %2F, %3F and %23';
  throw SourceError.permanent(`the URL of camera ${camera} has an @ behind a /, ? or #: ${advice}`, { camera });
}
