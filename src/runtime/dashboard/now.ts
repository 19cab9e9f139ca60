import type { CameraConfig, Config } from '../../config/config.js';
import { type CameraReason, reasonsOf } from '../../dashboard/api/camera-reasons.js';
import type { CameraNow, CamerasReply, NowPort } from '../../dashboard/api/now.js';
import type { CameraAlerts, OwnedAlert } from '../alerts/camera-alerts.js';
import type { Camera } from '../cameras/camera.js';
import type { Cameras } from '../cameras/cameras.js';
import type { ModelsInUse } from '../detector/models-in-use.js';
import type { LiveAnswers } from './live-answers.js';
import type { LivePictures } from './live-pictures.js';

export interface NowParts {
  readonly config: Pick<Config, 'cameras' | 'model'>;
  readonly cameras: Pick<Cameras, 'all' | 'latencies'>;
  readonly models: Pick<ModelsInUse, 'current' | 'workers' | 'configured'>;
  readonly cameraAlerts: Pick<CameraAlerts, 'active'>;
  readonly uptimeS: () => number;
  readonly answers: LiveAnswers;
  readonly pictures: LivePictures;
}

/** What the page of cameras asks the parts. */
export function nowPort(parts: NowParts): NowPort {
  const { config, cameras, models, cameraAlerts, answers, pictures } = parts;
  const shapes = new Map(config.cameras.map((camera) => [camera.id, camera]));
  const cameraCalled = (id: string): Camera | undefined => cameras.all.find((camera) => camera.id === id);
  return {
    cameras: (viewer) => {
      const alerts = cameraAlerts.active(viewer);
      const isOperator = viewer.kind === 'operator';
      const problem = isOperator ? detectorProblem(models) : null;
      const seen = cameras.all.filter(({ id }) => viewer.sees(id));
      return {
        at: Date.now(),
        uptimeS: parts.uptimeS(),
        isDetecting: models.workers?.anyReady === true,
        detector: isOperator ? detectorOf(parts, problem) : null,
        cameras: seen.map((camera) => cameraNow(camera, { parts, alerts, problem, shapes: shapes.get(camera.id) })),
      };
    },
    hasCamera: (id) => cameraCalled(id) !== undefined,
    obstacleToPicture: (id) => {
      const camera = cameraCalled(id);
      if (camera === undefined) return null;
      if (camera.isPaused) return `camera ${id} is paused`;
      const { state, lastError } = camera.connection();
      if (state === 'streaming' || state === 'starting' || state === 'idle') return null;
      return lastError === null ? `camera ${id} is ${state}` : `camera ${id} is ${state}: ${lastError}`;
    },
    picture: (id, signal) => pictures.picture(id, signal),
    stream: (viewer, signal) => answers.open(viewer, signal),
  };
}

function detectorOf({ models, config }: NowParts, problem: string | null): CamerasReply['detector'] {
  const { current, configured } = models;
  return {
    model: current?.model ?? configured.name,
    variant: current?.variant ?? configured.variant,
    provider: current?.provider ?? null,
    refusedProviders: (current?.info.refused ?? []).map(({ provider, reason }) => `${provider}: ${reason}`),
    problem,
    scoreThreshold: config.model.scoreThreshold,
    classes: [...(current?.reportedClasses ?? [])],
  };
}

/** Why no worker serves, as the first of them says; null where one does. */
function detectorProblem({ workers }: NowParts['models']): string | null {
  if (workers === null || workers.anyReady) return null;
  const state = workers.states.find((one) => 'reason' in one);
  return state !== undefined && 'reason' in state ? state.reason : null;
}

interface Around {
  readonly parts: NowParts;
  readonly alerts: readonly OwnedAlert[];
  readonly problem: string | null;
  readonly shapes: CameraConfig | undefined;
}

function cameraNow(camera: Camera, { parts, alerts, problem, shapes }: Around): CameraNow {
  const status = camera.status();
  const health = camera.connection();
  const { capturedFps, answeredFps, dropped, vehicles, vehiclesSeen, lines, zones } = status;
  const latencies = parts.cameras.latencies((id) => id === camera.id)[0];
  const isFrozen = camera.watch.isFrozen;
  return {
    id: status.id,
    tenant: status.tenant ?? null,
    source: status.source,
    state: status.state,
    paused: status.paused && { since: status.paused.since, until: status.paused.until },
    connectionQuality: status.connectionQuality,
    reconnectsLastHour: health.reconnectsLastHour,
    lastError: status.lastError,
    plausibility: status.plausibility,
    capturedFps,
    expectedFps: health.expectedFps,
    answeredFps,
    latencyMs: { p50: latencies?.recentQuantile(0.5) ?? null, p95: latencies?.recentQuantile(0.95) ?? null },
    estimatedF1: status.estimatedF1,
    captured: status.captured,
    answered: status.answered,
    dropped,
    vehicles,
    vehiclesSeen,
    lastVehicleAt: parts.answers.lastVehicleAt(camera.id),
    reasons: reasonsNow(camera, parts, problem),
    alerts: alerts
      .filter(({ message, tenant = null }) => tenant === camera.tenant && names(message, camera.id))
      .map(({ code, severity, message, action, since }) => ({ code, severity, message, action, since })),
    lines: (shapes?.lines ?? []).map(({ id, from, to, left, right }) => ({
      id,
      from,
      to,
      left,
      right,
      counts: { ...lines[id] },
    })),
    zones: (shapes?.zones ?? []).map(({ id, polygon }) => ({
      id,
      polygon,
      vehicles: isFrozen ? null : (zones[id] ?? 0),
    })),
    masks: shapes?.masks ?? [],
  };
}

function reasonsNow(camera: Camera, { models, config }: NowParts, detectorProblem: string | null): CameraReason[] {
  const { state, lastError, capturedFps, answeredFps, dropped, vehicles, vehiclesSeen } = camera.status();
  const { waitsForKeyFrame, connectionQuality } = camera.connection();
  const most = Object.entries(dropped).toSorted(([, a], [, b]) => b - a)[0];
  return reasonsOf({
    state,
    isPaused: camera.isPaused,
    lastError,
    waitsForKeyFrame,
    isPoorlyConnected: connectionQuality === 'poor' || connectionQuality === 'unusable',
    capturedFps,
    answeredFps,
    implausible: camera.watch.fault(),
    detectorServes: models.workers?.anyReady === true,
    detectorProblem,
    mostDropped: most !== undefined && most[1] > 0 ? `${most[0]}: ${most[1]}` : null,
    vehiclesNow: Object.values(vehicles).reduce((sum, count) => sum + count, 0),
    vehiclesSeen,
    onlyClasses: config.model.classes ?? null,
  });
}

/** Whether a message tells of a camera by its name. */
function names(message: string, camera: string): boolean {
  const at = message.search(new RegExp(`(?<![\\w-])${camera.replace(/[^\w-]/g, '\\$&')}(?![\\w-])`));
  return at >= 0;
}
