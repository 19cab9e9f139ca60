import { readFileSync } from 'node:fs';
import type { LoadRequest } from '../../src/detect/detector.js';
import { openSession } from '../../src/detect/worker/session.js';

/*
 * Measures variants on an accelerator, in a process of its own: a driver that fails takes nothing else with it.
 * Argument: a JSON file { requests, rounds }. Prints { ms }: per request the milliseconds of a batch, round by round.
 */

const { requests, rounds } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as {
  requests: LoadRequest[];
  rounds: number;
};
const lanes = [];
for (const request of requests) {
  const [batch = 1] = request.batchSizes;
  const images = new Uint8Array(batch * request.input.width * request.input.height * 3);
  // no two rows alike, and the same in every run
  for (let i = 0; i < images.length; i++) images[i] = (Math.imul(i, 2654435761) >>> 24) & 0xff;
  lanes.push({ batch, images, session: await openSession(request, () => undefined), ms: [] as number[] });
}
for (let round = -2; round < rounds; round++) {
  for (const { batch, images, session, ms } of round % 2 === 0 ? lanes : lanes.toReversed()) {
    const began = performance.now();
    await session.detect(batch, images);
    if (round >= 0) ms.push(performance.now() - began);
  }
}
process.stdout.write(`${JSON.stringify({ ms: lanes.map((lane) => lane.ms) })}\n`);
process.exit(0);
