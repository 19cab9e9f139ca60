import { PictureWatch } from '../src/plausibility/picture-watch.js';
import { parseSimulatorUrl } from '../src/simulator/options.js';
import { Road } from '../src/simulator/road.js';
import { readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport } from './harness/report.js';
import { median, round } from './harness/statistics.js';

const USAGE = `npm run -s bench -- plausibility [--frames 3000] [--rounds 5]

What it costs to watch whether a camera's pictures can be true: processor time per frame of a simulated road at 640x360, and of
one of its pictures again and again. There is no rival.
`;

/** Pictures shown in turn. */
const PICTURES = 16;
const WARM_UP = 500;
/** Milliseconds per frame that the watch may take on average. */
const MOST = 0.1;

/** What watching the pictures of a camera costs per frame. */
export async function run(args: string[]): Promise<BenchReport> {
  const { frames, rounds } = readOptions(args, USAGE, {
    frames: wholeNumber({ least: 1, usual: 3000 }),
    rounds: wholeNumber({ least: 1, usual: 5 }),
  });
  const road = new Road(parseSimulatorUrl('sim://road?traffic=mixed&seed=7'));
  const pictures = Array.from({ length: PICTURES }, (_, i) => {
    const data = new Uint8Array(road.width * road.height * 3);
    road.render(i, data);
    return data;
  });
  const rows = [];
  for (const [scene, shown] of [
    ['live', pictures],
    ['frozen', pictures.slice(0, 1)],
  ] as const) {
    for (const fps of [5, 25]) {
      const ms = median(Array.from({ length: rounds }, () => watchMs(road, shown, fps, frames)));
      rows.push({ scene, fps: String(fps), msPerFrame: round(ms) });
    }
  }
  return {
    name: 'plausibility',
    rows,
    goals: rows.map(({ scene, fps, msPerFrame }) => ({
      name: `${scene} at ${fps} frames/s: ms per frame`,
      value: msPerFrame,
      goal: `< ${MOST}`,
      met: msPerFrame < MOST,
    })),
  };
}

/** Processor time per frame in ms. */
function watchMs({ width, height }: Road, pictures: readonly Uint8Array[], fps: number, frames: number): number {
  const watch = new PictureWatch({ isCamera: true });
  let shown = 0;
  const show = (): void => {
    const data = pictures[shown % pictures.length]!;
    watch.see({ width, height, data, sceneMs: (1000 * shown++) / fps, damaged: false });
  };
  for (let i = 0; i < WARM_UP; i++) show();
  const before = process.cpuUsage();
  for (let i = 0; i < frames; i++) show();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / frames;
}
