import type { ConnectionQuality } from '../frame/connection-quality.js';

/** What the quality of a connection is judged by. */
export interface ConnectionFacts {
  /** Frames are coming now, or need not (a file, a simulation). */
  readonly streaming: boolean;
  readonly reconnectsLastHour: number;
  readonly stallsLastHour: number;
  /** frames/s, null while unknown */
  readonly measuredFps: number | null;
  /** frames/s, null if nobody said what to expect */
  readonly expectedFps: number | null;
  /** Of the newest pictures, 0..1; null while unknown */
  readonly malformedShare: number | null;
}

/*
 * A connection is as good as the worst of its readings (docs/cameras.md shows this table to people):
 *   losses per hour  reconnects + stalls: a stall leads to a reconnect, so it weighs twice; it costs a whole timeout
 *   rate             measured / expected frames per second
 *   malformed        pictures that could not be understood, of all that came
 */
const LIMITS = [
  { quality: 'excellent', leastRate: 0.9, mostLosses: 1, mostMalformed: 0.02 },
  { quality: 'fair', leastRate: 0.6, mostLosses: 11, mostMalformed: 0.1 },
  { quality: 'poor', leastRate: 0.25, mostLosses: 59, mostMalformed: 0.5 },
] as const;

/** How far a camera's connection can be relied on. */
export function connectionQuality(facts: ConnectionFacts): ConnectionQuality {
  const { streaming, measuredFps, expectedFps } = facts;
  if (!streaming) return 'unusable';
  const losses = facts.reconnectsLastHour + facts.stallsLastHour;
  const rate = measuredFps === null || !expectedFps ? 1 : measuredFps / expectedFps;
  const malformed = facts.malformedShare ?? 0;
  const reached = LIMITS.find(
    ({ leastRate, mostLosses, mostMalformed }) =>
      rate >= leastRate && losses <= mostLosses && malformed <= mostMalformed,
  );
  return reached?.quality ?? 'unusable';
}
