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
}

/*
 * A connection is as good as the worse of its two readings (docs/cameras.md shows this table to people):
 *   losses per hour  reconnects + stalls: a stall leads to a reconnect, so it weighs twice; it costs a whole timeout
 *   rate             measured / expected frames per second
 */
const LEAST_RATE = { excellent: 0.9, fair: 0.6, poor: 0.25 };
const MOST_LOSSES = { excellent: 1, fair: 11, poor: 59 };

/** How far a camera's connection can be relied on. */
export function connectionQuality(facts: ConnectionFacts): ConnectionQuality {
  const { streaming, measuredFps, expectedFps } = facts;
  if (!streaming) return 'unusable';
  const losses = facts.reconnectsLastHour + facts.stallsLastHour;
  const rate = measuredFps === null || !expectedFps ? 1 : measuredFps / expectedFps;
  if (rate >= LEAST_RATE.excellent && losses <= MOST_LOSSES.excellent) return 'excellent';
  if (rate >= LEAST_RATE.fair && losses <= MOST_LOSSES.fair) return 'fair';
  if (rate >= LEAST_RATE.poor && losses <= MOST_LOSSES.poor) return 'poor';
  return 'unusable';
}
