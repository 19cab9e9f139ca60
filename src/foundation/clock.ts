/** The two clocks of a device. Whoever needs one is handed it, so that a test can say what time it is. */
export interface Clock {
  /** ms that only go forward, from no particular start, as `performance.now()`: ages, latencies, deadlines. */
  now(): number;
  /** Unix ms, which jumps when the device's clock is set: for people, files and other machines. */
  unixNow(): number;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  unixNow: () => Date.now(),
};
