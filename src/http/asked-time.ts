import { PAST_TIME_IN_WORDS, pastTime } from '../foundation/past-time.js';
import { ApiRefusal } from './api-route.js';

/** A time of before that was asked for, Unix ms. @param name of the word @throws ApiRefusal where it is none */
export function askedTime(name: string, text: string, now: number): number {
  const time = pastTime(text, now);
  if (time === null) throw new ApiRefusal(400, `${name}: expected ${PAST_TIME_IN_WORDS}, got ${text || 'nothing'}`);
  return time;
}
