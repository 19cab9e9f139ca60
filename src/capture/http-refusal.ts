import { STATUS_CODES } from 'node:http';
import { maskCredentials } from '../foundation/log.js';
import { describeContent } from '../media/content-kind.js';
import type { AnswerHead } from './http-answer.js';
import { parseChallenges } from './http-challenge.js';

/** What is known of a login when an answer refuses. */
export interface RefusedLogin {
  /** The address has a user or a password. */
  readonly given: boolean;
  /** They were told to the place that refuses. */
  readonly told: boolean;
}

/**
 * An answer that brings nothing, in words, with what to do about it.
 *
 * @param url that was asked last
 * @param body its first bytes
 */
export function httpRefusal(head: AnswerHead, url: URL, login: RefusedLogin, body: Buffer): string {
  const { protocol, status, reason } = head;
  if (protocol === 'RTSP') return `it answers RTSP ${status}: write rtsp:// for its address`;
  const said = [`HTTP ${status}`, reason || STATUS_CODES[status]].filter(Boolean).join(' ');
  const content = body.length > 0 ? ` with ${describeContent(body)}` : '';
  const advice = adviceFor(head, url, login);
  return advice === null ? said + content : `${said}: ${advice}`;
}

function adviceFor({ status, headers }: AnswerHead, url: URL, login: RefusedLogin): string | null {
  if (status === 401) return loginAdvice(headers.get('www-authenticate') ?? [], url, login);
  if (status === 403)
    return login.given ? 'this user may not see it' : 'it may want a user and a password in the address';
  if (status === 404) return 'the camera knows no such path; its manual has the right one';
  if (status === 426) return 'it may want https://';
  return null;
}

function loginAdvice(headers: readonly string[], url: URL, { given, told }: RefusedLogin): string {
  const schemes = [...new Set(parseChallenges(headers).map(({ scheme }) => scheme))];
  if (!given) {
    const how = schemes.length > 0 ? `${schemes.join(' or ')} authentication` : 'a login';
    return `the camera wants ${how}, and its address has no user and password`;
  }
  if (!told) return `no password is told to ${maskCredentials(url.href)}, to which it redirects: use that address`;
  const known = schemes.length === 0 || schemes.includes('basic') || schemes.includes('digest');
  if (!known)
    return `the camera wants ${schemes.join(' or ')} authentication: allow digest or basic authentication there`;
  return 'user or password are wrong, or the camera has locked them out';
}
