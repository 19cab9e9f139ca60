import { IMPLAUSIBLE } from '../../config/sections/plausibility.js';
import type { PlausibilityFault } from '../../plausibility/states.js';

/** Why a camera shows no picture, gives no answers, or has no vehicles. What each means and what to do is told by the page. */
export const CAMERA_REASONS = [
  'paused',
  'starting',
  'connection',
  'wrong-path',
  'login',
  'ended',
  'no-detector',
  'key-frame',
  'no-frames',
  ...IMPLAUSIBLE,
  'no-answers',
  'falling-behind',
  'poor-connection',
  'few-classes',
  'none-yet',
  'empty-road',
] as const;
export type CameraReasonCode = (typeof CAMERA_REASONS)[number];

/** One cause, the nearest first. */
export interface CameraReason {
  readonly code: CameraReasonCode;
  /** `bad`: no answers can be had, or none can be believed; `warning`: fewer or worse ones; `info`: nothing is wrong. */
  readonly severity: 'bad' | 'warning' | 'info';
  /** What the program says of it itself, in English; null where there is no more to say. */
  readonly detail: string | null;
}

/** What is known of a camera that could explain it. */
export interface CameraFacts {
  readonly state: string;
  readonly isPaused: boolean;
  readonly lastError: string | null;
  readonly waitsForKeyFrame: boolean;
  readonly isPoorlyConnected: boolean;
  /** frames/s; null before the first. */
  readonly capturedFps: number | null;
  readonly answeredFps: number | null;
  readonly implausible: { readonly fault: PlausibilityFault; readonly seen: string } | null;
  readonly detectorServes: boolean;
  /** Why it does not serve, in words; null where nobody knows, or nobody may. */
  readonly detectorProblem: string | null;
  /** Cause of most frames without an answer, with their number. */
  readonly mostDropped: string | null;
  readonly vehiclesNow: number;
  readonly vehiclesSeen: number;
  /** The only classes that are reported, where the configuration names them; null: all that the model knows. */
  readonly onlyClasses: readonly string[] | null;
}

/** Below this part of the frames answered, it cannot follow. */
const FOLLOWING = 0.5;
/** frames/s that come at least, for a part of them to mean anything. */
const LEAST_FPS = 1;

/** Faults that leave the answers as good as they were. */
const MILD: readonly PlausibilityFault[] = ['damaged', 'shifted', 'torn', 'detector-may-be-blind', 'no-vehicles'];

/** Why there are no vehicles, or why what there is cannot be relied on; empty where there are some and all is well. */
export function reasonsOf(facts: CameraFacts): CameraReason[] {
  const { state, isPaused, lastError, implausible, detectorServes, detectorProblem } = facts;
  const bad = (code: CameraReasonCode, detail: string | null = null): CameraReason => ({
    code,
    severity: 'bad',
    detail,
  });
  const warning = (code: CameraReasonCode, detail: string | null = null): CameraReason => ({
    code,
    severity: 'warning',
    detail,
  });
  if (isPaused || state === 'paused') return [{ code: 'paused', severity: 'warning', detail: null }];
  if (state === 'ended' || state === 'stopped') return [bad('ended', lastError)];
  const reasons: CameraReason[] = [];
  if (state === 'reconnecting') reasons.push(bad(refusalIn(lastError), lastError));
  else if (state === 'starting' || state === 'idle') {
    reasons.push(
      lastError === null ? { code: 'starting', severity: 'info', detail: null } : bad(refusalIn(lastError), lastError),
    );
  }
  if (!detectorServes) reasons.push(bad('no-detector', detectorProblem));
  if (reasons.some(({ code }) => code !== 'no-detector')) return reasons;
  if (facts.waitsForKeyFrame) reasons.push(warning('key-frame'));
  else if (facts.capturedFps === null || facts.capturedFps === 0) reasons.push(bad('no-frames', lastError));
  if (implausible !== null) {
    const { fault, seen } = implausible;
    reasons.push(MILD.includes(fault) ? warning(fault, seen) : bad(fault, seen));
  }
  if (reasons.length === 0) reasons.push(...paceReasons(facts));
  if (facts.isPoorlyConnected && implausible === null) reasons.push(warning('poor-connection', lastError));
  if (reasons.length > 0 || facts.vehiclesNow > 0) return reasons;
  if (facts.vehiclesSeen > 0) return [{ code: 'empty-road', severity: 'info', detail: null }];
  if (facts.onlyClasses !== null) return [warning('few-classes', `model.classes: ${facts.onlyClasses.join(', ')}`)];
  return [{ code: 'none-yet', severity: 'info', detail: null }];
}

/** Whether the camera itself answered and refused, which no cable mends: the status is in the message of every reader. */
function refusalIn(error: string | null): 'connection' | 'wrong-path' | 'login' {
  if (error === null) return 'connection';
  if (/\bHTTP 404\b|\(404\)/.test(error)) return 'wrong-path';
  return /\bHTTP 40[13]\b|\(40[13]\)/.test(error) ? 'login' : 'connection';
}

/** Whether it is answered as fast as its frames come. */
function paceReasons({ capturedFps, answeredFps, mostDropped }: CameraFacts): CameraReason[] {
  if (capturedFps === null || capturedFps < LEAST_FPS || answeredFps === null) return [];
  if (answeredFps === 0) return [{ code: 'no-answers', severity: 'bad', detail: mostDropped }];
  if (answeredFps >= capturedFps * FOLLOWING) return [];
  return [{ code: 'falling-behind', severity: 'warning', detail: mostDropped }];
}
