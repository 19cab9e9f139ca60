import { openSource } from '../../../src/capture/open-source.js';
import { configSchema } from '../../../src/config/config.js';
import { createLog } from '../../../src/foundation/log.js';
import { decodeImage } from '../../../src/media/image.js';
import type { Rgb } from '../../../src/media/picture-light.js';

/** One frame of the simulated road. */
export async function aimedRoad(): Promise<Rgb> {
  const { cameras, capture } = configSchema.parse({
    cameras: [{ id: 'road', url: 'sim://road?seed=3', pace: 'fast' }],
  });
  const source = openSource({ camera: cameras[0]!, capture, log: createLog('silent'), decodeImage });
  await source.start();
  try {
    for await (const { width, height, data } of source.frames()) return { width, height, data: Uint8Array.from(data) };
    throw new Error('the simulated road gave no frame');
  } finally {
    await source.stop();
  }
}
