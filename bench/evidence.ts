import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quantile } from '../src/foundation/statistics.js';
import { VehicleFinder } from './compression/clip-pictures.js';
import { ApproachingTraffic, noisyPictures, rgbPictures, type ShownPictures } from './evidence/approaching-traffic.js';
import { type Kept, keptByChain, keptByList, lookingFor } from './evidence/event-to-disk.js';
import { maskedFrameCost } from './evidence/masked-frame.js';
import { stillQuality, tapCost } from './evidence/tap-cost.js';
import { type Verified, verifiedChain, verifiedList } from './evidence/verification.js';
import { flag, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Row } from './harness/report.js';
import { median, round } from './harness/statistics.js';

const USAGE = `npm run -s bench -- evidence [--quick] [--rounds 5] [--events 60] [--records 10000]

What evidence costs: a frame where nothing happens, by how many vehicles there are, and what the pictures that are found are worth; a frame
with privacy masks, against turning each into RGB24; from
an event to its record on the disk, and to verify a long chain, against each event's frame saved as JPEG with a list of SHA-256.

  --rounds N    measurements of a frame, of which the median counts
  --events N    events that are kept, one after the other
  --records N   records of the chain that is verified (--quick: 2 rounds, 10 events, 300 records)
`;

const SIZES = [
  [640, 360],
  [1920, 1080],
] as const;
const VEHICLES = [1, 10, 30];
const FRAMES = 600;
const MASKED_FRAMES = 200;
const QUALITY_EVENTS = 40;
/** ms of a core a frame, with the most vehicles in the largest picture. */
const MOST_MS = 0.1;

/** Evidence against what is simple. */
export async function run(args: string[]): Promise<BenchReport> {
  const { rounds, events, records } = readOptions(args, USAGE, {
    rounds: wholeNumber({ least: 1, usual: 5, quick: 2 }),
    events: wholeNumber({ least: 1, usual: 60, quick: 10 }),
    records: wholeNumber({ least: 1, usual: 10_000, quick: 300 }),
    quick: flag,
  });
  const folder = mkdtempSync(join(tmpdir(), 'bench-evidence-'));
  try {
    const shown = SIZES.map(([width, height]) => noisyPictures(width, height, 'i420-bt709'));
    const inRgb = shown.map(rgbPictures);
    const rows = (contender: string, all: readonly ShownPictures[]): Row[] =>
      all.flatMap((pictures) => VEHICLES.map((vehicles) => frameRow(contender, pictures, vehicles, rounds)));
    const pushed = rows('ours, RGB24', inRgb);
    const frames = rows('ours', shown);
    const masked = shown.flatMap((pictures) => maskedRows(pictures, rounds));
    const kept: Row[] = [];
    for (const [at, pictures] of shown.entries()) kept.push(...(await keptRows(folder, pictures, inRgb[at]!, events)));
    const chain = await verifiedChain(join(folder, 'long'), records);
    const list = await verifiedList(join(folder, 'list'), records);
    const worst = Number(frames.at(-1)!['msPerFrame']);
    return {
      name: 'evidence',
      rows: [
        ...pushed,
        ...frames,
        ...masked,
        ...kept,
        verifiedRow('ours', chain),
        verifiedRow('JPEG 90 and a list', list),
      ],
      goals: [
        {
          name: `ms of a core a frame of 1080p with ${VEHICLES.at(-1)} vehicles`,
          value: worst,
          goal: `<= ${MOST_MS}`,
          met: worst <= MOST_MS,
        },
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const nameOf = ({ width, height }: ShownPictures): string => `${width}x${height}`;

function frameRow(contender: string, pictures: ShownPictures, vehicles: number, rounds: number): Row {
  const ms = Array.from({ length: rounds }, () => tapCost(new ApproachingTraffic(vehicles, pictures), FRAMES));
  const { mean, least } = stillQuality(new ApproachingTraffic(vehicles, pictures), QUALITY_EVENTS);
  return {
    what: 'frame',
    contender,
    picture: nameOf(pictures),
    vehicles,
    msPerFrame: round(median(ms)),
    stillQuality: round(mean),
    leastQuality: round(least),
  };
}

/** In turn: both have the machine as it is. */
function maskedRows(pictures: ShownPictures, rounds: number): Row[] {
  const ms = Array.from({ length: rounds }, () =>
    [true, false].map((takesYuv) => maskedFrameCost(new ApproachingTraffic(10, pictures), MASKED_FRAMES, takesYuv)),
  );
  return ['ours', 'RGB24 of each frame'].map((contender, at) => ({
    what: 'masked',
    contender,
    picture: nameOf(pictures),
    vehicles: 10,
    msPerFrame: round(median(ms.map((both) => both[at]!))),
  }));
}

async function keptRows(folder: string, pictures: ShownPictures, inRgb: ShownPictures, events: number): Promise<Row[]> {
  const traffic = (): ApproachingTraffic => new ApproachingTraffic(10, pictures);
  const at = (): string => mkdtempSync(join(folder, 'kept-'));
  const finder = await VehicleFinder.open();
  const row = (contender: string, { ms, bytes }: Kept): Row => ({
    what: 'event',
    contender,
    picture: nameOf(pictures),
    events: ms.length,
    p50Ms: round(quantile(ms, 0.5)!),
    p95Ms: round(quantile(ms, 0.95)!),
    kB: round(bytes.reduce((sum, one) => sum + one, 0) / bytes.length / 1000),
  });
  try {
    return [
      row('ours, persons looked for', await keptByChain(at(), traffic(), events, lookingFor(finder))),
      row('ours, persons kept', await keptByChain(at(), traffic(), events, null)),
      row('JPEG 90 and a list', await keptByList(at(), new ApproachingTraffic(10, inRgb), events)),
    ];
  } finally {
    await finder.close();
  }
}

function verifiedRow(contender: string, { right, writtenS, verifiedS }: Verified): Row {
  return { what: 'chain', contender, records: right, writtenS: round(writtenS), verifiedS: round(verifiedS) };
}
