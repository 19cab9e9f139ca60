import { findFfmpeg } from '../src/capture/ffmpeg-binary.js';
import { quantile } from '../src/foundation/statistics.js';
import { likenessOf } from '../src/media/compression/likeness.js';
import { COMPRESSED_FORMATS } from '../src/media/compression/wish.js';
import { decodeOwn, encodePicture } from '../src/media/image.js';
import { type ClipPicture, framesOf, VehicleFinder } from './compression/clip-pictures.js';
import { type Contender, fixed, ladder, type Made, ours, search, type Task } from './compression/contenders.js';
import { FIXED_FAMILIES, type FixedOutcome, leastFixed } from './compression/fixed-settings.js';
import { replayUplinks } from './compression/uplink-replay.js';
import { flag, optionalText, place, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Goal, Row } from './harness/report.js';
import { round } from './harness/statistics.js';
import { findClips } from './kpi/filmed-clips.js';

const USAGE = `npm run -s bench -- compression [--quick] [--frames 20] [--clips DIR] [--only NAMES] [--uplink DIR]

Frames of filmed roads, compressed so that their vehicles are as alike to the original as JPEG of quality 80 leaves them, and to half of
its bytes; against fixed settings, a search for the quality, and five qualities in turn. Then evidence stills and alerts that share
uplinks whose speed was measured on the road.

  --frames N    frames of each clip, evenly over it; those without a vehicle are left out (--quick: 3 of every fourth
                clip, and every fourth uplink)
  --clips DIR   filmed roads (default ../shared/clips beside the project)
  --only NAMES  clips whose name begins so, comma-separated
  --uplink DIR  uplink traces (default ../shared/data/uplink)
`;

const BYTES_GOAL = 0.5;
const FIXED_GOAL = 0.8;
const ONCE_GOAL = 0.9;
/** Of JPEG at quality 80. */
const TIGHT = 0.5;
/** 1 − likeness that is forgiven, as part of what was asked for: a step of quality makes as much. */
const FORGIVEN = 1.052;
/** A quick run takes one clip of so many. */
const QUICK = 4;
const OLD_QUALITIES = [85, 70, 50, 30, 15];

/** Made anew for each clip: what they learn is of one camera. */
const CONTENDERS: Readonly<Record<string, () => Contender>> = {
  ours: () => ours({ formats: COMPRESSED_FORMATS, effort: 3, maxQuality: 95 }, 'likeness'),
  'ours, effort 2': () => ours({ formats: COMPRESSED_FORMATS, effort: 2, maxQuality: 95 }, 'likeness'),
  'ours, effort 1': () => ours({ formats: COMPRESSED_FORMATS, effort: 1, maxQuality: 95 }, 'likeness'),
  'ours, effort 0': () => ours({ formats: COMPRESSED_FORMATS, effort: 0, maxQuality: 95 }, 'likeness'),
  'ours, JPEG, effort 1': () => ours({ effort: 1, maxQuality: 95 }, 'likeness'),
  'ours, background as it is': () =>
    ours({ formats: COMPRESSED_FORMATS, effort: 3, maxQuality: 95, background: 'whole' }, 'likeness'),
  'ours, a quarter of the background': () =>
    ours({ formats: COMPRESSED_FORMATS, effort: 3, maxQuality: 95, background: 'quarter' }, 'likeness'),
  'JPEG 80': () => fixed({ format: 'jpeg', quality: 80, settings: {} }),
  'search, JPEG': () => search('jpeg', 'likeness'),
  'search, WebP': () => search('webp-2', 'likeness'),
  'ours, half the bytes': () => ours({ effort: 1 }, 'maxBytes'),
  'five qualities, half the bytes': () => ladder(OLD_QUALITIES),
  'search, half the bytes': () => search('jpeg', 'maxBytes'),
};
const BY_BYTES = /half the bytes$/;

/** A picture's task, and what each contender and fixed setting made of it. */
interface Judged {
  readonly clip: string;
  readonly picture: ClipPicture;
  readonly task: Task;
  readonly jpegBytes: number;
  readonly made: Map<string, Made>;
}

/** Adaptive compression against what is simple. */
export async function run(args: string[]): Promise<BenchReport> {
  const {
    frames,
    clips: folder,
    only,
    uplink,
    quick,
  } = readOptions(args, USAGE, {
    frames: wholeNumber({ least: 1, usual: 20, quick: 3 }),
    clips: place('../shared/clips'),
    only: optionalText,
    uplink: place('../shared/data/uplink'),
    quick: flag,
  });
  const notes: string[] = [];
  const { path: ffmpeg } = await findFfmpeg({ env: process.env });
  const starts = only?.split(',') ?? [''];
  const clips = findClips(ffmpeg, folder, notes)
    .filter(({ name }) => starts.some((start) => name.startsWith(start)))
    .filter((_, index) => !quick || index % QUICK === 0);
  const finder = await VehicleFinder.open();
  const judged: Judged[] = [];
  for (const clip of clips) {
    const contenders = Object.entries(CONTENDERS).map(([name, make]) => [name, make()] as const);
    for await (const picture of framesOf(ffmpeg, clip, frames)) {
      const regions = await finder.vehiclesIn(picture);
      if (regions.length > 0) judged.push(await judge(clip.name, { picture, regions }, contenders));
    }
    process.stderr.write(`${clip.name}\n`);
  }
  await finder.close();
  const settings = await fixedSettings(judged);
  const uplinks = replayUplinks(uplink, quick, notes);
  return report(judged, settings, uplinks, notes);
}

async function judge(
  clip: string,
  picture: ClipPicture,
  contenders: readonly (readonly [string, Contender])[],
): Promise<Judged> {
  const jpeg = await encodePicture(picture.picture, { format: 'jpeg', quality: 80, settings: {} });
  const likeness = likenessOf(picture.picture, await decodeOwn(jpeg), picture.regions);
  const task = { likeness: Math.min(0.9999, likeness), maxBytes: Math.floor(jpeg.length * TIGHT) };
  const made = new Map<string, Made>();
  for (const [name, contender] of contenders) made.set(name, await contender(picture, task));
  return { clip, picture, task, jpegBytes: jpeg.length, made };
}

/** What each format does with one quality for all pictures, the least that is enough; remembered with each picture. */
async function fixedSettings(judged: readonly Judged[]): Promise<FixedOutcome[]> {
  const found: FixedOutcome[] = [];
  for (const family of judged.length === 0 ? [] : FIXED_FAMILIES) {
    const outcome = await leastFixed(family, judged);
    if (outcome === null) continue;
    for (const [index, { made }] of judged.entries()) made.set(outcome.name, outcome.made[index]!);
    found.push(outcome);
    process.stderr.write(`${outcome.name}\n`);
  }
  return found;
}

function report(
  judged: readonly Judged[],
  settings: readonly FixedOutcome[],
  uplinks: { rows: Row[]; goals: Goal[] },
  notes: string[],
): BenchReport {
  if (judged.length === 0) return { name: 'compression', rows: uplinks.rows, goals: uplinks.goals, notes };
  const clips = [...new Set(judged.map(({ clip }) => clip))];
  const named = (does: (outcome: FixedOutcome) => boolean): string => fewestBytes(judged, settings.filter(does));
  const best = named(({ family }) => !family.isAsHere);
  const bestHere = named(({ family }) => family.isAsHere);
  const bestWebp = named(({ family }) => family.name === 'WebP');
  const rows = [
    ...clips.map((clip) =>
      rowOf(
        clip,
        'ours',
        judged.filter((one) => one.clip === clip),
      ),
    ),
    ...[...Object.keys(CONTENDERS), best, bestHere, bestWebp].map((name) => rowOf('all', name, judged)),
  ];
  const ratio = bytesRatio(judged, 'ours');
  const overFixed = round(ratio / bytesRatio(judged, best));
  const once = share(judged, 'ours', ({ encodes }) => encodes === 1);
  const onceFits = share(judged, 'ours, half the bytes', ({ encodes }) => encodes === 1);
  notes.push(`best fixed settings in hindsight: ${best}; with the encoders set as here: ${bestHere}`);
  return {
    name: 'compression',
    rows: [...rows, ...uplinks.rows],
    goals: [
      goal('bytes against JPEG 80, vehicles as alike', round(ratio), BYTES_GOAL, true),
      goal('bytes against the best fixed setting in hindsight', overFixed, FIXED_GOAL, true),
      goal('as alike as asked for in one encode', once, ONCE_GOAL, false),
      goal('within the bytes in one encode', onceFits, ONCE_GOAL, false),
      ...uplinks.goals,
    ],
    notes,
  };
}

function goal(name: string, value: number, bound: number, isMost: boolean): Goal {
  return { name, value, goal: `${isMost ? '<=' : '>='} ${bound}`, met: isMost ? value <= bound : value >= bound };
}

/** The name of the setting with the fewest bytes; where none does, JPEG of quality 80, which does by its definition. */
function fewestBytes(judged: readonly Judged[], settings: readonly FixedOutcome[]): string {
  const names = settings.map(({ name }) => name);
  return names.sort((a, b) => bytesRatio(judged, a) - bytesRatio(judged, b))[0] ?? 'JPEG 80';
}

/** Mean over the pictures of bytes over those of JPEG 80: a large picture counts no more than a small one. */
function bytesRatio(judged: readonly Judged[], name: string): number {
  return mean(judged.map(({ made, jpegBytes }) => made.get(name)!.bytes / jpegBytes));
}

function rowOf(clip: string, name: string, judged: readonly Judged[]): Row {
  const times = judged.map(({ made }) => made.get(name)!.ms);
  const isAsked = BY_BYTES.test(name)
    ? ({ bytes }: Made, { maxBytes }: Task) => bytes <= maxBytes
    : ({ likeness }: Made, task: Task) => 1 - likeness <= (1 - task.likeness) * FORGIVEN;
  return {
    clip,
    contender: name,
    pictures: judged.length,
    bytesRatio: round(bytesRatio(judged, name)),
    likeness: fourDigits(mean(judged.map(({ made }) => made.get(name)!.likeness))),
    asked: fourDigits(mean(judged.map(({ task }) => task.likeness))),
    asAsked: share(judged, name, isAsked),
    once: share(judged, name, ({ encodes }) => encodes === 1),
    encodes: round(mean(judged.map(({ made }) => made.get(name)!.encodes))),
    p50Ms: round(quantile(times, 0.5) ?? Number.NaN),
    p95Ms: round(quantile(times, 0.95) ?? Number.NaN),
  };
}

function share(judged: readonly Judged[], name: string, holds: (made: Made, task: Task) => boolean): number {
  return round(judged.filter(({ made, task }) => holds(made.get(name)!, task)).length / judged.length);
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
const fourDigits = (value: number): number => Math.round(value * 10_000) / 10_000;
