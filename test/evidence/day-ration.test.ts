import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SignedFile } from '../../src/evidence/chain/chain-files.js';
import { type EvidenceRecord, NO_HASH } from '../../src/evidence/chain/record.js';
import { PushUplink } from '../../src/evidence/push/push-uplink.js';
import { sendAsFiles } from '../../src/evidence/push/send-files.js';
import { sendAsMessage } from '../../src/evidence/push/send-message.js';
import { DailyBudget } from '../../src/telemetry/mqtt/daily-budget.js';
import { someDraft } from './chains.js';
import { someRation } from './rations.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MIB = 2 ** 20;
/** Of a picture that shows all there is. */
const NATURAL = 60_000;

/** A record with two pictures, as the chain would hand it over. */
function recordOf(n: number, kind: string, sizes: readonly number[]): SignedFile<EvidenceRecord> {
  const pictures = (['context', 'crop'] as const).map((role, i) => ({
    role,
    name: `${String(n).padStart(10, '0')}-${role}.jpg`,
    bytes: sizes[i]!,
    width: 640,
    height: 360,
    sha256: NO_HASH,
    frame: n,
    capturedAt: 0,
  }));
  const draft = someDraft();
  const named = { v: 1, kind: 'record', chain: '00'.repeat(8), key: '00'.repeat(8), n, prev: NO_HASH, at: 0 } as const;
  const value: EvidenceRecord = { ...named, ...draft, event: { ...draft.event, kind }, pictures };
  return { value, text: { signed: `${JSON.stringify(value)}\n`, signature: 'AA' } };
}

interface SimulatedDay {
  readonly events: number;
  readonly dailyBytes: number;
  /** Of how many events one is an infraction; default: none is. */
  readonly infractionOf?: number;
  /** Whether pictures are made as small as the day's bytes ask for. Default: yes. */
  readonly isSteered?: boolean;
  /** Bytes that the messages of a device take in a day, and how many are theirs. */
  readonly messages?: { readonly bytes: number; readonly dailyBytes: number };
}

/** Evenly many events over a day, with two pictures each, sent over MQTT by the real sender; only the time is made up. */
async function simulated({ events, dailyBytes, infractionOf, isSteered = true, messages }: SimulatedDay) {
  let now = 0;
  const theirs = new DailyBudget(messages?.dailyBytes ?? 0);
  const ration = someRation({ dailyBytes, perByte: 4 / 3, overdrawn: () => theirs.overdrawn, now: () => now });
  const waiting: SignedFile<EvidenceRecord>[] = [];
  const bytesOf = ({ value, text }: SignedFile<EvidenceRecord>): number =>
    value.pictures.reduce((sum, { bytes }) => sum + bytes, text.signed.length);
  const waitingBytes = (): number => waiting.reduce((sum, one) => sum + bytesOf(one), 0);
  const sent: { n: number; at: number; bytes: number; roles: string[] }[] = [];
  const sizes: number[] = [];
  const isUrgent = () => ({ waiting: 0, inFlight: 0, isConnected: true });
  const send = sendAsMessage({
    publish: (_camera, payload) => {
      const roles = payload.pictures.map(({ role }) => role);
      return sent.push({ n: payload.record, at: now, bytes: JSON.stringify(payload).length, roles }) > 0;
    },
    readPicture: async ({ bytes }) => Buffer.alloc(bytes),
    maxBytes: 180 * 1024,
    room: () => MIB,
    ration,
    waitingBytes,
    uplink: new PushUplink({ urgent: isUrgent, bounds: { leastBytes: 1, mostBytes: 2, drainS: 1 }, now: () => now }),
    now: () => now,
  });
  const { signal } = new AbortController();
  let made = 0;
  for (; now < DAY_MS; now += MINUTE_MS) {
    theirs.spend(((messages?.bytes ?? 0) * MINUTE_MS) / DAY_MS, now);
    for (; made < (events * now) / DAY_MS; made++) {
      const size = (): number => (isSteered ? ration.stillBytes(NATURAL, waitingBytes()) : NATURAL);
      const two = [size(), size()];
      sizes.push(...two);
      const isInfraction = infractionOf !== undefined && made % infractionOf === 0;
      waiting.push(recordOf(made + 1, isInfraction ? 'infraction' : 'crossed', two));
    }
    while (waiting[0] !== undefined && (await send(waiting[0], signal)).kind === 'taken') waiting.shift();
  }
  const bytes = sent.reduce((sum, one) => sum + one.bytes, 0);
  return { sent, bytes, sizes, waiting: waiting.length, ration };
}

test("pictures are made smaller so that a day's bytes last for all of them; made as they are, a good part would wait", async () => {
  const day = { events: 240, dailyBytes: 20 * MIB };
  const steered = await simulated(day);
  assert.ok(steered.bytes <= day.dailyBytes && steered.bytes > 0.8 * day.dailyBytes, `${steered.bytes} bytes`);
  assert.ok(steered.waiting <= 10, `${steered.waiting} wait`);
  assert.ok(
    steered.sent.every(({ roles }) => roles.join() === 'crop,context'),
    'whole, and none left out',
  );
  assert.is(steered.sizes[0], NATURAL, 'as long as there is plenty they have what they may');
  const last = steered.sizes.slice(-100);
  assert.ok(
    last.every((size) => size >= 24_000 && size < 40_000),
    `${last}`,
  );
  const { bounded, leftOut } = steered.ration.counts;
  assert.ok(bounded > 300 && leftOut === 0, `${bounded} bounded, ${leftOut} left out`);
  // infractions are sent whole, whatever waits: this is what would be without smaller pictures
  const plain = await simulated({ ...day, isSteered: false, infractionOf: 1 });
  assert.ok(plain.bytes <= day.dailyBytes && plain.waiting > 80, `${plain.waiting} wait`);
  assert.equal([plain.ration.counts.bounded, plain.ration.counts.waited > 50], [0, true]);
});

test('where even the smallest are too much whole pictures stay on the device, but not those of infractions', async () => {
  const { sent, bytes, waiting, ration } = await simulated({ events: 480, dailyBytes: 20 * MIB, infractionOf: 20 });
  assert.ok(bytes <= 20 * MIB, `${bytes} bytes`);
  assert.ok(waiting <= 40, `${waiting} wait`);
  const isInfraction = ({ n }: { n: number }): boolean => (n - 1) % 20 === 0;
  assert.ok(sent.every((one) => one.roles[0] === 'crop' && (!isInfraction(one) || one.roles.length === 2)));
  const without = sent.filter(({ roles }) => roles.length === 1).length;
  assert.ok(without > 50 && without < sent.length, `${without} of ${sent.length}`);
  assert.is(ration.counts.leftOut, without);
});

test('with room to spare nothing is made smaller, and without a bound nothing is counted', async () => {
  for (const dailyBytes of [0, 200 * MIB]) {
    const { sent, sizes, waiting, ration } = await simulated({ events: 240, dailyBytes });
    assert.equal([sent.length, waiting, new Set(sizes)], [240, 0, new Set([NATURAL])]);
    assert.equal(ration.counts, { bounded: 0, leftOut: 0, waited: 0 });
  }
});

test('what events and alerts take beyond their bytes is left to them by evidence', async () => {
  const day = { events: 240, dailyBytes: 20 * MIB };
  const calm = await simulated({ ...day, messages: { bytes: MIB, dailyBytes: MIB } });
  const busy = await simulated({ ...day, messages: { bytes: 9 * MIB, dailyBytes: MIB } });
  assert.ok(calm.bytes > 0.8 * day.dailyBytes, `${calm.bytes}`);
  // 8 MiB too many, of which a debt of a day is still theirs to pay
  assert.ok(busy.bytes <= day.dailyBytes - 6 * MIB && busy.bytes > 8 * MIB, `${busy.bytes}`);
});

test('a message that is larger than what may go at once goes where all of that is there', async () => {
  const { sent, bytes } = await simulated({ events: 4, dailyBytes: MIB, isSteered: false });
  assert.is(sent.length, 4);
  assert.ok(bytes / 4 > MIB / 10, 'larger than a tenth of the day');
});

test('files wait for the bytes of the day too, and are paid for as they arrive', async () => {
  let now = 0;
  const names: string[] = [];
  const ration = someRation({ dailyBytes: MIB, now: () => now });
  const send = sendAsFiles({
    uploader: {
      upload: async ({ name }) => {
        names.push(name);
        return { kind: 'taken' };
      },
      close: async () => undefined,
    },
    prefix: '',
    readPicture: async ({ bytes }) => Buffer.alloc(bytes),
    ration,
  });
  const { signal } = new AbortController();
  const record = recordOf(1, 'crossed', [40_000, 20_000]);
  assert.is((await send(record, signal)).kind, 'taken');
  assert.is(names.length, 3);
  const second = recordOf(2, 'crossed', [40_000, 20_000]);
  for (let i = 0; i < 3; i++) {
    assert.equal(await send(second, signal), {
      kind: 'later',
      reason: 'the bytes of the day are used up (evidence.push.dailyMiB)',
    });
  }
  assert.equal([names.length, ration.counts.waited], [3, 1], 'a record that waits is counted once');
  now += 2 * 3_600_000;
  assert.is((await send(second, signal)).kind, 'taken');
});

test('who asks goes before what is sent unasked, into a debt of what may go at once, and no further', () => {
  const clock = { now: 0 };
  const ration = someRation({ dailyBytes: 100_000, now: () => clock.now });
  assert.is(ration.takeAsked(9000), true);
  assert.is(ration.hasRoom(5000), false, 'what is pushed waits');
  assert.is(ration.takeAsked(9000), true);
  assert.is(ration.takeAsked(9000), false);
  assert.is(ration.takeAsked(2000), true, 'a refused one took nothing');
  clock.now = 86_400_000;
  assert.is(ration.takeAsked(9000), true);
  assert.is(someRation().takeAsked(1e9), true, 'without a bound');
});

test.run();
