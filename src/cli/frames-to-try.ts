import { stat } from 'node:fs/promises';
import { configSchema, type TrustSettings } from '../config/config.js';
import { createLog, maskCredentials } from '../foundation/log.js';
import type { ProbeScene } from '../models/recognition/probe-scenes.js';
import { evenly } from '../pictures/even-spread.js';
import { gatherFrames } from '../pictures/gather-frames.js';
import { stillPictures } from '../pictures/still-pictures.js';
import { decodePicture } from '../runtime/detector/picture-detector.js';

/** Of all that `--frames` names together. */
const MOST_FRAMES = 8;
/** Seconds for which a camera is watched for them. */
const LIVE_S = 10;

/**
 * A few pictures of somebody's own, spread over what `--frames` names.
 * @throws SourceError where one cannot be read
 */
export async function framesToTry(sources: readonly string[], tls: TrustSettings = {}): Promise<ProbeScene[]> {
  const share = Math.ceil(MOST_FRAMES / Math.max(1, sources.length));
  const scenes: ProbeScene[] = [];
  for (const source of sources) {
    scenes.push(
      ...((await holdsPictures(source)) ? await stills(source, share, tls) : await moving(source, share, tls)),
    );
  }
  return scenes;
}

async function holdsPictures(source: string): Promise<boolean> {
  if (/\.(jpe?g|png|webp)$/i.test(source)) return true;
  return (await stat(source).catch(() => null))?.isDirectory() ?? false;
}

async function stills(source: string, most: number, tls: TrustSettings): Promise<ProbeScene[]> {
  const { capture } = configSchema.parse({});
  const limits = { timeoutMs: capture.requestTimeoutMs, maxBytes: capture.maxImageBytes, tls };
  const found = evenly(await stillPictures([source], limits), most);
  return Promise.all(
    found.map(async ({ label, read }) => {
      const picture = await decodePicture(await read(new AbortController().signal), capture.maxWidth);
      return sceneOf(label, picture);
    }),
  );
}

async function moving(source: string, most: number, tls: TrustSettings): Promise<ProbeScene[]> {
  const { capture } = configSchema.parse({});
  const log = createLog('error');
  const { frames } = await gatherFrames({ from: [source], classes: [], most, liveS: LIVE_S, tls, capture, log });
  try {
    const scenes: ProbeScene[] = [];
    for (let index = 0; index < frames.count; index++) {
      const picture = await frames.read(index);
      scenes.push(sceneOf(picture.id, picture));
    }
    return scenes;
  } finally {
    await frames.close();
  }
}

function sceneOf(
  id: string,
  { width, height, data }: { readonly width: number; readonly height: number; readonly data: Uint8Array },
): ProbeScene {
  return { id: maskCredentials(id), kind: 'frame', width, height, data, vehicles: null };
}
