import type { CameraStatus, RuntimeStatus } from '../status.js';

/** One line for `systemctl status`: `2 of 2 cameras streaming, 14.2 answers/s, estimated F1 0.97, cuda`. */
export function statusLine({ cameras, provider }: Pick<RuntimeStatus, 'cameras' | 'provider'>): string {
  const streaming = cameras.filter(({ state }) => state === 'streaming').length;
  const counted = `${streaming} of ${cameras.length} camera${cameras.length === 1 ? '' : 's'} streaming`;
  return [counted, rate(cameras), accuracy(cameras), provider ?? 'no detector'].join(', ');
}

function rate(cameras: readonly CameraStatus[]): string {
  const rates = cameras.flatMap(({ answeredFps }) => (answeredFps === null ? [] : [answeredFps]));
  return rates.length === 0 ? 'no answers yet' : `${rates.reduce((sum, fps) => sum + fps, 0).toFixed(1)} answers/s`;
}

/** The worst camera's: a mean would hide it. */
function accuracy(cameras: readonly CameraStatus[]): string {
  const known = cameras.flatMap(({ estimatedF1 }) => (estimatedF1 === null ? [] : [estimatedF1]));
  return known.length === 0 ? 'F1 not known yet' : `estimated F1 ${Math.min(...known).toFixed(2)}`;
}
