import type { SourceHealth } from '../../capture/source.js';
import type { Viewer } from '../../foundation/viewer.js';
import type { ModelsInUse } from '../detector/models-in-use.js';
import type { Cameras } from './cameras.js';

/** What is wrong with what cameras show, in words, by camera. */
export function faultsOf(cameras: Cameras['all']): ReadonlyMap<string, string> {
  return new Map(
    cameras.flatMap(({ id, watch }): [string, string][] => {
      const fault = watch.fault();
      // the silence of a road is what is judged here
      return fault === null || fault.fault === 'no-vehicles' ? [] : [[id, `${fault.fault}: ${fault.seen}`]];
    }),
  );
}

/** Why a camera gives no picture; null where one may come. */
export function obstacleToPicture({ state, lastError }: SourceHealth): string | null {
  if (state === 'streaming' || state === 'starting' || state === 'idle') return null;
  return lastError === null ? `it is ${state}` : `it is ${state} (${lastError})`;
}

/** What keeps the device from its work, for a tenant from that on its cameras; empty where nothing does. */
export function obstaclesTo(models: ModelsInUse, cameras: Cameras, { kind, sees }: Viewer): readonly string[] {
  const reasons: string[] = [];
  if (!models.workers?.anyReady) reasons.push('no detector worker serves');
  const looked = kind === 'tenant' ? cameras.all.filter(({ id }) => sees(id)) : cameras.all;
  // what was paused by command is no fault
  const states = looked.map((camera) => camera.health().state);
  if (!states.some((state) => state === 'streaming' || state === 'paused')) reasons.push('no camera streams');
  return reasons;
}
