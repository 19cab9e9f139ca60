import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Detector, DetectorImage, DetectReply } from '../../src/detect/detector.js';
import { detectorError } from '../../src/detect/host/worker-detector.js';
import type { Serving } from '../../src/schedule/picture-batch.js';
import { type Slot, Slots, type SlotWorker } from '../../src/schedule/slots.js';

const pixels = new Uint8Array(2 * 2 * 3);

/** A worker that answers when the test says so; the score of each picture's one box is its first byte. */
class HandWorker implements SlotWorker {
  readonly pool: string;
  readonly batches: (readonly DetectorImage[])[] = [];
  readonly answers: ((error?: Error) => void)[] = [];
  now: Serving | null;
  /** Answers at once: for the grey pictures of a trial. */
  eager = false;

  constructor(pool: string, batchSizes: readonly number[] = [1]) {
    this.pool = pool;
    this.now = { variant: `of-${pool}`, provider: 'cpu', inputWidth: 2, inputHeight: 2, batchSizes };
  }

  readonly serving = (): Serving | null => this.now;

  readonly detector = {
    detect: (images: readonly DetectorImage[]): Promise<DetectReply> => {
      const reply: DetectReply = {
        detections: images.map(({ data }) => ({ count: 1, data: Float32Array.of(0, 0, 1, 1, data[0]! / 100, 0) })),
        peakScores: images.map(() => null),
        timings: { fillMs: 0, inferMs: 1, decodeMs: 0 },
      };
      if (this.eager) return Promise.resolve(reply);
      this.batches.push(images);
      return new Promise((resolve, reject) => this.answers.push((error) => (error ? reject(error) : resolve(reply))));
    },
  } as unknown as Detector;
}

function slotsOf(workers: readonly HandWorker[], inFlightPerWorker = 1, maxBatch = 1, windowMs = 0): Slots {
  return new Slots(workers, { inFlightPerWorker, batching: { maxBatch, windowMs } });
}

const ask = (slots: Slots, source: string, budgetMs: number | null = null): Promise<Slot | string> =>
  slots.take({ source, arrivedAt: performance.now(), budgetMs });

async function place(slots: Slots, source: string): Promise<Slot> {
  const slot = await ask(slots, source);
  if (typeof slot === 'string') throw new Error(`no place: ${slot}`);
  return slot;
}

async function settled<T>(promise: Promise<T>): Promise<T | 'waiting'> {
  return Promise.race([promise, new Promise<'waiting'>((resolve) => setImmediate(() => resolve('waiting')))]);
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Answers so many pictures, one after the other, so that a worker that just started is trusted. */
async function trust(slots: Slots, worker: HandWorker, pictures = 8): Promise<void> {
  for (let i = 0; i < pictures; i++) {
    const slot = await place(slots, 'first');
    const answer = slot.infer(pixels, () => undefined);
    await settle();
    worker.answers.at(-1)!();
    await answer;
  }
  worker.batches.length = 0;
  worker.answers.length = 0;
}

/** Takes grey pictures of each size, then waits for the test. */
async function tried(worker: HandWorker, maxBatch: number, windowMs = 0): Promise<Slots> {
  worker.eager = true;
  const slots = slotsOf([worker], 1, maxBatch, windowMs);
  await settle();
  worker.eager = false;
  await trust(slots, worker);
  return slots;
}

test('gives a worker that just started one picture, and twice as many with each that it answers', async () => {
  const worker = new HandWorker('cpu');
  const slots = slotsOf([worker], 2);
  const first = await place(slots, 'north');
  assert.is(await settled(ask(slots, 'south')), 'waiting');
  const answer = first.infer(pixels, () => undefined);
  await settle();
  worker.answers[0]!();
  await answer;
  await settle();
  assert.is(slots.waiting, 0);
  assert.is(typeof (await settled(ask(slots, 'east'))), 'object');
  assert.is(await settled(ask(slots, 'west')), 'waiting');
});

test('serves sources in turns, however much one of them asks for', async () => {
  const worker = new HandWorker('cpu');
  const slots = slotsOf([worker]);
  const held = await place(slots, 'crowd');
  const order: string[] = [];
  const all = ['crowd', 'crowd', 'crowd', 'north', 'south'].map(async (name) => {
    const slot = await place(slots, name);
    order.push(name);
    slot.giveBack();
  });
  held.giveBack();
  await Promise.all(all);
  assert.equal(order, ['north', 'south', 'crowd', 'crowd', 'crowd']);
});

test('gives no place at a worker that does not serve, until it does', async () => {
  const worker = new HandWorker('cpu');
  const { now } = worker;
  worker.now = null;
  const slots = slotsOf([worker]);
  const asked = ask(slots, 'north');
  assert.is(await settled(asked), 'waiting');
  worker.now = now;
  slots.workersChanged();
  assert.is(typeof (await asked), 'object');
});

test('a place that is given back twice counts once', async () => {
  const slots = slotsOf([new HandWorker('cpu')]);
  const slot = await place(slots, 'north');
  slot.giveBack();
  slot.giveBack();
  await place(slots, 'north');
  assert.is(await settled(ask(slots, 'north')), 'waiting');
});

test('tells everyone who waits that there will be no place any more', async () => {
  const slots = slotsOf([new HandWorker('cpu')]);
  await place(slots, 'north');
  const waiting = ask(slots, 'south');
  slots.close();
  assert.is(await waiting, 'closed');
  assert.is(await ask(slots, 'east'), 'closed');
});

test('what waits when a worker answers goes to it together, and each gets its own boxes', async () => {
  const worker = new HandWorker('gpu', [1, 2, 4]);
  const slots = await tried(worker, 4);
  const busy = await place(slots, 'north');
  const first = busy.infer(pixels, () => undefined);
  const asked = [10, 20, 30].map(async (byte) => {
    const slot = await place(slots, `camera-${byte}`);
    const { reply, index } = await slot.infer(new Uint8Array(12).fill(byte), () => undefined);
    return reply.detections[index]!.data[4];
  });
  await settle();
  worker.answers[0]!();
  await first;
  await settle();
  worker.answers[1]!();
  assert.equal(await Promise.all(asked), [0.1, 0.2, 0.3].map(Math.fround));
  assert.is(worker.batches[1]!.length, 4);
});

test('a model that takes four pictures only is given four, whatever there is', async () => {
  const worker = new HandWorker('npu', [4]);
  const slots = slotsOf([worker]);
  const slot = await place(slots, 'north');
  const answer = slot.infer(pixels, () => undefined);
  await settle();
  assert.is(worker.batches[0]!.length, 4);
  worker.answers[0]!();
  assert.is((await answer).index, 0);
});

test('a batch that is refused is asked again picture by picture, and only who cannot be answered is lost', async () => {
  const worker = new HandWorker('gpu', [1, 2]);
  const slots = await tried(worker, 2);
  const busy = await place(slots, 'north');
  const first = busy.infer(pixels, () => undefined);
  const asked = ['south', 'east'].map(async (name) => {
    const slot = await place(slots, name);
    return slot
      .infer(pixels, () => undefined)
      .then(
        () => 'answered',
        () => 'lost',
      );
  });
  await settle();
  worker.answers[0]!();
  await first;
  await settle();
  assert.is(worker.batches[1]!.length, 2);
  const refuse = (): Error => detectorError('refused', 'these numbers are no boxes');
  worker.answers[1]!(refuse());
  await settle();
  worker.answers[2]!();
  await settle();
  worker.answers[3]!(refuse());
  assert.equal(await Promise.all(asked), ['answered', 'lost']);
});

test('a picture of a batch that stays away does not hold up the others', async () => {
  const worker = new HandWorker('gpu', [1, 2]);
  const slots = await tried(worker, 2);
  const busy = await place(slots, 'north');
  const first = busy.infer(pixels, () => undefined);
  const [south, east] = [place(slots, 'south'), place(slots, 'east')];
  worker.answers[0]!();
  await first;
  (await south).giveBack();
  const answer = (await east).infer(pixels, () => undefined);
  await settle();
  assert.is(worker.batches[1]!.length, 1);
  worker.answers[1]!();
  await answer;
});

test('a picture too old for its budget gets no place', async () => {
  const slots = slotsOf([new HandWorker('cpu')]);
  const now = performance.now();
  assert.is(await slots.take({ source: 'north', arrivedAt: now - 200, budgetMs: 100 }), 'stale');
  assert.is(slots.givesUp({ source: 'north', arrivedAt: now - 200, budgetMs: 100 }), 'stale');
  assert.is(slots.givesUp({ source: 'north', arrivedAt: now, budgetMs: 10_000 }), null);
});

test('of a camera only its newest picture waits', async () => {
  const slots = slotsOf([new HandWorker('cpu')]);
  await place(slots, 'north');
  const older = ask(slots, 'south', 60_000);
  const newer = ask(slots, 'south', 60_000);
  assert.is(await older, 'overload');
  assert.is(await settled(newer), 'waiting');
});

test('a place names the worker that it is at', async () => {
  const [gpu, cpu] = [new HandWorker('gpu'), new HandWorker('cpu')];
  const slots = slotsOf([gpu, cpu]);
  const places = await Promise.all([place(slots, 'north'), place(slots, 'south')]);
  assert.equal(places.map(({ variant }) => variant).sort(), ['of-cpu', 'of-gpu']);
});

test('a tenant with ten askers before it keeps another one waiting for no more than its turn, and pays for what came', async () => {
  const worker = new HandWorker('default');
  const slots = new Slots([worker], {
    inFlightPerWorker: 1,
    batching: { maxBatch: 1, windowMs: 0 },
    shares: new Map([
      ['noisy', 1],
      ['quiet', 1],
    ]),
  });
  await trust(slots, worker);
  const order: string[] = [];
  const asked = (tenant: string, source: string): Promise<void> =>
    slots.take({ source, tenant, arrivedAt: performance.now(), budgetMs: null }).then(async (slot) => {
      if (typeof slot === 'string') throw new Error(`no place: ${slot}`);
      order.push(source);
      if (source === 'n1') slot.giveBack();
      else await slot.infer(pixels, () => undefined);
    });
  const all = Array.from({ length: 10 }, (_, i) => asked('noisy', `n${i}`));
  all.push(asked('quiet', 'q'));
  assert.is(slots.waitingOf('noisy'), 9);
  assert.is(slots.waitingOf('quiet'), 1);
  assert.is(slots.idleFor('noisy'), false);
  assert.is(slots.idleFor('quiet'), false);
  for (let answered = 0; answered < 10; answered++) {
    await settle();
    worker.answers[answered]!();
  }
  await Promise.all(all);
  assert.equal(order.slice(0, 3), ['n0', 'q', 'n1']);
  // n1 stayed away
  assert.is(slots.workFor('noisy').pictures, 9);
  assert.is(slots.workFor('quiet').pictures, 1);
  assert.is(slots.idleFor('quiet'), true);
});

test('while others keep the workers busy, a tenant that needs none may use its part for audits', async () => {
  const worker = new HandWorker('default');
  const shares = new Map([
    ['noisy', 1],
    ['quiet', 1],
  ]);
  const slots = new Slots([worker], { inFlightPerWorker: 1, batching: { maxBatch: 1, windowMs: 0 }, shares });
  await trust(slots, worker);
  const taken = slots.take({ source: 'n0', tenant: 'noisy', arrivedAt: performance.now(), budgetMs: null });
  await taken;
  assert.is(slots.idle, false);
  assert.equal([slots.idleFor('noisy'), slots.idleFor('quiet')], [false, true]);
});

test.run();
