import { type Finding, found } from '../../finding.js';

/** s that two clocks may differ: a `Date` has whole seconds and is written before the answer is sent. */
const TOLERATED_S = 30;

/** What there is to say of a camera's own clock: nothing where it tells none, or goes right. @param now Unix ms, ours */
export function clockFinding(camera: string, date: string | number | null | undefined, now: number): Finding[] {
  const theirs = typeof date === 'string' ? Date.parse(date) : (date ?? Number.NaN);
  const seconds = Math.round((theirs - now) / 1000);
  if (Number.isNaN(seconds) || Math.abs(seconds) <= TOLERATED_S) return [];
  return [found('degraded', 'camera-clock', { camera, seconds }, camera)];
}
