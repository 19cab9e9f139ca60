import { createHash } from 'node:crypto';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { EvidenceChain } from '../../src/evidence/chain/chain.js';
import { evidenceKey } from '../../src/evidence/chain/evidence-key.js';
import { EvidenceKeeper } from '../../src/evidence/evidence-keeper.js';
import { CameraStills } from '../../src/evidence/stills/camera-stills.js';
import { encodeStill } from '../../src/evidence/stills/encode-still.js';
import type { PersonFinder } from '../../src/evidence/stills/person-finder.js';
import { StillPictures } from '../../src/evidence/stills/still-pictures.js';
import { Compressor } from '../../src/media/compression/compressor.js';
import { someDraft } from '../../test/evidence/chains.js';
import { crossing } from '../../test/evidence/sightings.js';
import type { VehicleFinder } from '../compression/clip-pictures.js';
import type { ApproachingTraffic } from './approaching-traffic.js';

/** Frames before each event, from which its vehicle's best picture is taken. */
const FRAMES = 40;
const BOUNDS = { maxBytes: 2 ** 30, keepMs: 86_400_000 };

/** What came of events. */
export interface Kept {
  /** From the moment at which no better picture is waited for, to the record on the medium, ms by event. */
  readonly ms: number[];
  /** Of all that is on the disk for an event, by event. */
  readonly bytes: number[];
}

/** Looks for persons as often as the program does, in the whole picture and in four parts of it; what it costs is all that counts here. */
export function lookingFor(finder: VehicleFinder): PersonFinder {
  return {
    knowsPersons: true,
    find: async (picture) => {
      for (let look = 0; look < 5; look++) await finder.vehiclesIn(picture);
      return [];
    },
  };
}

/** Keeps events as the program does. @param finder null: persons are kept as they are */
export async function keptByChain(
  folder: string,
  traffic: ApproachingTraffic,
  events: number,
  finder: PersonFinder | null,
): Promise<Kept> {
  const chain = await EvidenceChain.open({
    folder: join(folder, 'evidence'),
    key: await evidenceKey(folder),
    bounds: BOUNDS,
    now: Date.now,
  });
  const compressor = new Compressor();
  const kept: Kept = { ms: [], bytes: [] };
  const keeper = new EvidenceKeeper({
    pictures: new StillPictures({
      persons: finder === null ? 'keep' : 'blur',
      finder: finder ?? { knowsPersons: false, find: async () => [] },
      encode: (picture, boxes) =>
        encodeStill(compressor, picture, boxes, { formats: ['jpeg'], maxQuality: 85, maxBytes: 2 ** 20 }),
      failed: (reason) => {
        throw new Error(reason);
      },
    }),
    now: () => performance.now(),
    kept: (_, ms) => kept.ms.push(ms),
    dropped: (_, cause, reason) => {
      throw new Error(`no record of an event: ${cause}, ${reason}`);
    },
  });
  const stills = new CameraStills({ kinds: ['crossed'], waitMs: 1000, maxPerMinute: 1e6, dropped: () => undefined });
  for (let event = 0; event < events; event++) {
    const before = chain.bytes;
    for (let i = 0; i < FRAMES; i++) stills.see(...traffic.next());
    const { id, box } = traffic.one;
    const happened = crossing(event);
    stills.happened({ ...happened, vehicle: { ...happened.vehicle, trackId: id, box } }, performance.now());
    stills.see(...traffic.next());
    for (const ripe of stills.takeAll()) {
      const happenedAt = performance.now();
      keeper.add({
        ...ripe,
        happenedAt,
        camera: 'north',
        chain,
        draft: (privacy) => ({ ...someDraft(), privacy }),
        masks: 0,
        stillBytes: () => 2 ** 20,
      });
    }
    await keeper.settled();
    kept.bytes.push(chain.bytes - before);
  }
  await chain.close();
  return kept;
}

/** The naive way: each event's frame as JPEG of quality 90, and its SHA-256 in a list; no crop, no privacy, nothing signed, nothing forced to the medium. */
export async function keptByList(folder: string, traffic: ApproachingTraffic, events: number): Promise<Kept> {
  const kept: Kept = { ms: [], bytes: [] };
  for (let event = 0; event < events; event++) {
    for (let i = 0; i < FRAMES; i++) traffic.next();
    const [{ data, width, height }] = traffic.next();
    const began = performance.now();
    const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 90 })
      .toBuffer();
    const name = `${event}.jpg`;
    await writeFile(join(folder, name), jpeg);
    const line = `${createHash('sha256').update(jpeg).digest('hex')}  ${name}\n`;
    await appendFile(join(folder, 'sha256.txt'), line);
    kept.ms.push(performance.now() - began);
    kept.bytes.push(jpeg.length + line.length);
  }
  return kept;
}
