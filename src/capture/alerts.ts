import type { Alert, AlertDeclaration } from '../foundation/alert-declaration.js';
import type { SourceHealth } from './source.js';

export const CAMERA_LOST: AlertDeclaration = {
  code: 'camera-lost',
  severities: ['warning', 'critical'],
  help: 'Cameras deliver nothing usable, or were given up; critical where none is left.',
  action: 'Check the camera, its power and its network.',
};

/** What is looked at of a camera. */
export interface WatchedCamera extends Pick<SourceHealth, 'state' | 'connectionQuality' | 'lastError'> {
  readonly id: string;
}

/** Looks at all cameras: those that deliver nothing usable, or were given up, are named in one alert. */
export function lostCameras(cameras: readonly WatchedCamera[]): Alert | null {
  const lost = cameras.filter(
    ({ state, connectionQuality, lastError }) =>
      state === 'reconnecting' || connectionQuality === 'unusable' || (state === 'ended' && lastError !== null),
  );
  if (lost.length === 0) return null;
  const names = lost.map(({ id, lastError }) => (lastError === null ? id : `${id} (${lastError})`));
  return {
    severity: lost.length === cameras.length ? 'critical' : 'warning',
    message: `no usable pictures from ${names.join(', ')}: check the camera, its power and its network`,
  };
}
