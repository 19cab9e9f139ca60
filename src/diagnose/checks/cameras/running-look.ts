import type { CameraConfig } from '../../../config/config.js';
import { type Finding, found } from '../../finding.js';
import type { RunningProgram } from '../../running-program.js';
import { KEY_FRAME_MS, keyFrameFinding } from './watched-stream.js';

/** What the running program tells of one camera; null where it does not. */
export interface HeldCamera {
  /** `excellent` … `unusable`. */
  readonly quality: string | null;
  readonly plausibility: string | null;
  /** frames/s */
  readonly fps: number | null;
  /** Between two pictures from which a decoder can begin anew, ms. */
  readonly keyFrameMs: number | null;
  /** `streaming`, `paused` … */
  readonly state: string | null;
  readonly lastError: string | null;
}

/** What a running program knows of its cameras: its status where it tells that, its metrics otherwise. */
export async function heldCameras(running: RunningProgram, signal: AbortSignal): Promise<(id: string) => HeldCamera> {
  const [status, metrics] = await Promise.all([
    running.ask('/api/status', signal),
    running.askText('/metrics', signal),
  ]);
  return (id) => {
    const told = statusOf(status, id);
    return {
      quality: textOf(told?.connectionQuality) ?? wordOf(metrics, 'edge_connection_quality', id),
      plausibility: textOf(told?.plausibility) ?? wordOf(metrics, 'edge_camera_plausibility', id),
      fps: typeof told?.capturedFps === 'number' ? told.capturedFps : numberOf(metrics, 'edge_fps_captured', id),
      keyFrameMs: msOf(numberOf(metrics, 'edge_source_key_frame_interval_seconds', id)),
      state: textOf(told?.state),
      lastError: textOf(told?.lastError),
    };
  };
}

/** What that means. Pure. */
export function judgeHeld({ id }: Pick<CameraConfig, 'id'>, held: HeldCamera): Finding[] {
  const { quality, plausibility, fps, keyFrameMs, state, lastError } = held;
  if (quality === null && state === null) return [found('unknown', 'camera-held', { camera: id }, id)];
  if (state === 'paused') return [found('degraded', 'camera-paused', { camera: id }, id)];
  const isFalse = plausibility !== null && plausibility !== 'plausible';
  const findings = isFalse ? [found('degraded', 'camera-implausible', { camera: id, state: plausibility }, id)] : [];
  const isLost = state === 'reconnecting' || state === 'ended' || (quality === 'unusable' && !isFalse);
  if (isLost) {
    const seen = lastError ?? `${state ?? 'connection_quality'}: ${quality ?? '?'}`;
    return [...findings, found('broken', 'camera-lost', { camera: id, seen }, id)];
  }
  if (quality === 'poor' && !isFalse) findings.push(found('degraded', 'camera-poor', { camera: id, quality }, id));
  if (keyFrameMs !== null && keyFrameMs > KEY_FRAME_MS) findings.push(keyFrameFinding(id, keyFrameMs));
  if (findings.length > 0) return findings;
  return [found('fine', 'camera-runs', { camera: id, fps: fps === null ? '?' : Math.round(fps * 10) / 10 }, id)];
}

/** From whatever `/api/status` answers. */
function statusOf(status: unknown, id: string): Record<string, unknown> | null {
  const cameras = (status as { cameras?: unknown } | null)?.cameras;
  if (!Array.isArray(cameras)) return null;
  return cameras.find((camera: unknown) => (camera as { id?: unknown } | null)?.id === id) ?? null;
}

const msOf = (seconds: number | null): number | null => (seconds === null ? null : seconds * 1000);

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** The value that is 1 of `name{camera="id",value="word"}`. */
function wordOf(metrics: string | null, name: string, id: string): string | null {
  for (const line of linesOf(metrics, name, id))
    if (/\s1$/.test(line)) return /value="([^"]*)"/.exec(line)?.[1] ?? null;
  return null;
}

function numberOf(metrics: string | null, name: string, id: string): number | null {
  const [line] = linesOf(metrics, name, id);
  const value = Number(line?.split(' ').at(-1) ?? Number.NaN);
  return Number.isNaN(value) ? null : value;
}

function linesOf(metrics: string | null, name: string, id: string): string[] {
  return (metrics ?? '').split('\n').filter((line) => line.startsWith(`${name}{`) && line.includes(`camera="${id}"`));
}
