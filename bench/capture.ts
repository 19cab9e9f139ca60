import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFfmpeg } from '../src/capture/ffmpeg-binary.js';
import type { Reading, Way } from './capture/reading.js';
import { scratchFolder } from './harness/ending.js';
import { readOptions, wholeNumber } from './harness/options.js';
import { outputOf } from './harness/output-of.js';
import type { BenchReport, Row } from './harness/report.js';
import { median, round } from './harness/statistics.js';
import { lastWords } from './peers/contender.js';

const USAGE = `npm run -s bench -- capture [--rounds 3] [--seconds 12]

What it costs the main thread to read ffmpeg's pictures: through one buffer that is used again, beside a new one for each
read. One and four cameras of 640×360 at 25 frames/s, in real time; each reading in a process of its own, in turns.
`;

const CAMERAS = [1, 4];
const WAYS: readonly Way[] = ['chunks', 'one buffer'];
const FPS = 25;
/** Longer than a film is read. */
const TIMEOUT_MS = 600_000;

/** Busy time of the main thread and full collections, one row per number of cameras. */
export async function run(args: string[]): Promise<BenchReport> {
  const { rounds, seconds } = readOptions(args, USAGE, {
    rounds: wholeNumber({ least: 1, usual: 3 }),
    seconds: wholeNumber({ least: 1, usual: 12 }),
  });
  const film = await makeFilm(scratchFolder('capture'), seconds);
  const rows = [];
  for (const cameras of CAMERAS) rows.push(rowOf(cameras, await compete(film, cameras, rounds)));
  return {
    name: 'capture',
    rows,
    goals: rows.flatMap(({ cameras, busyRatio, identical }) => [
      { name: `${cameras}: busy time, ours over chunks`, value: busyRatio, goal: '< 1', met: busyRatio < 1 },
      { name: `${cameras}: the same pictures`, value: identical ? 1 : 0, goal: '1', met: identical },
    ]),
    notes: [`${rounds} rounds of ${seconds} s. busyMs: the event loop's time that is not idle, per picture; medians.`],
  };
}

async function makeFilm(folder: string, seconds: number): Promise<string> {
  const file = join(folder, 'film.mp4');
  const { path } = await findFfmpeg({ env: process.env });
  const input = ['-f', 'lavfi', '-i', `testsrc2=size=640x360:rate=${FPS}`, '-t', String(seconds)];
  const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-pix_fmt', 'yuv420p'];
  await outputOf([path, '-v', 'error', '-nostdin', '-y', ...input, ...codec, file], TIMEOUT_MS);
  return file;
}

/** Rounds of both ways in turn, so that a slow minute of the machine meets both. */
async function compete(film: string, cameras: number, rounds: number): Promise<Map<Way, Reading[]>> {
  const readings = new Map<Way, Reading[]>(WAYS.map((way) => [way, []]));
  for (let i = 0; i < rounds; i++) {
    for (const way of WAYS) readings.get(way)!.push(await readIn(way, film, cameras));
  }
  return readings;
}

async function readIn(way: Way, film: string, cameras: number): Promise<Reading> {
  const script = fileURLToPath(new URL('capture/reading.js', import.meta.url));
  const { stdout } = await outputOf([process.execPath, script, way, film, String(cameras)], TIMEOUT_MS).catch(
    (error) => {
      throw new Error(`reading ${way} with ${cameras} cameras failed: ${lastWords(error)}`);
    },
  );
  return JSON.parse(stdout) as Reading;
}

function rowOf(cameras: number, readings: Map<Way, Reading[]>) {
  const [chunks, ours] = WAYS.map((way) => readings.get(way)!) as [Reading[], Reading[]];
  const of = (from: Reading[], figure: (reading: Reading) => number) => round(median(from.map(figure)));
  const busy = (reading: Reading) => reading.busyMs / reading.pictures;
  const collecting = (reading: Reading) => reading.collectingMs / reading.pictures;
  const sums = new Set([...chunks, ...ours].flatMap((reading) => reading.sums));
  return {
    cameras: `${cameras} camera${cameras === 1 ? '' : 's'}`,
    pictures: of(ours, ({ pictures }) => pictures),
    busyMs: of(ours, busy),
    busyMsChunks: of(chunks, busy),
    busyRatio: round(of(ours, busy) / of(chunks, busy)),
    fullCollections: of(ours, ({ fullCollections }) => fullCollections),
    fullCollectionsChunks: of(chunks, ({ fullCollections }) => fullCollections),
    collectingMs: of(ours, collecting),
    collectingMsChunks: of(chunks, collecting),
    identical: sums.size === 1,
  } satisfies Row;
}
