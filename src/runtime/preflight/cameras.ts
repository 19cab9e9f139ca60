import { stat } from 'node:fs/promises';
import { openSource } from '../../capture/open-source.js';
import type { Source } from '../../capture/source.js';
import type { CameraConfig } from '../../config/config.js';
import { EdgeError, explain } from '../../foundation/errors.js';
import { maskCredentials, silentLog } from '../../foundation/log.js';
import { decodeImage } from '../../media/image.js';
import { type Inspected, type Remark, remark } from './remark.js';

/** Of several cameras one that cannot be read is left out; where none can, there is no point in a start. */
export async function inspectCameras(inspected: Inspected): Promise<Remark[]> {
  const { config, cameraIndexes } = inspected;
  const findings = await Promise.all(
    config.cameras.map((camera, at) => inspectCamera(camera, `cameras.${cameraIndexes[at]}.url`, inspected)),
  );
  const lost = findings.filter((all) => all.some(({ weight }) => weight === 'degrades')).length;
  const none = lost > 0 && lost === findings.length;
  return findings.flat().map((one) => (none && one.weight === 'degrades' ? { ...one, weight: 'refuses' } : one));
}

async function inspectCamera(camera: CameraConfig, at: string, { config, here, env }: Inspected): Promise<Remark[]> {
  let source: Source;
  try {
    source = openSource({ camera, capture: config.capture, log: silentLog, decodeImage, env });
    if (here) await source.check();
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    return [remark('degrades', at, maskCredentials(explain(error)))];
  }
  if (/^(?:rtsps?|https?|rtmps?|rtp|srt|tcp|udp):/i.test(source.label)) {
    return [remark('untried', at, `whether ${source.label} answers, and with pictures`)];
  }
  const missing = camera.url.startsWith('/dev/') && here && (await stat(camera.url).catch(() => null)) === null;
  return missing ? [remark('advice', at, `expected a device, got ${camera.url}: it is waited for`)] : [];
}
