import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  averageHealth,
  type HealthSample,
  judgeUpdate,
  type ServiceState,
  type TrialLook,
} from '../../src/update/health.js';

const WATCH_MS = 300_000;
const RUNNING: ServiceState = { phase: 'running', restarts: 0, pid: 7, result: 'success' };
const WELL: HealthSample = {
  uptimeS: 10_000,
  cameras: 2,
  streaming: 2,
  capturedFps: 20,
  answeredFps: 18,
  captured: 200_000,
  failed: 100,
  provider: 'cuda',
  estimatedF1: 0.95,
  memoryBytes: 500 * 2 ** 20,
};

const with_ = (change: Partial<HealthSample>): HealthSample => ({ ...WELL, ...change });
const looksOf = (health: (i: number) => HealthSample | null, seconds = 300): TrialLook[] =>
  Array.from({ length: seconds / 5 + 1 }, (_, i) => ({ at: i * 5000, service: RUNNING, health: health(i) }));

/** How a version is judged that does so for the whole time. */
const judged = (after: Partial<HealthSample>, before: HealthSample | null = WELL) =>
  judgeUpdate(
    before,
    looksOf(() => with_(after)),
    WATCH_MS,
  );

const service = (...states: Partial<ServiceState>[]): TrialLook[] =>
  states.map((state, i) => ({ at: i * 5000, service: { ...RUNNING, ...state }, health: WELL }));

test('a version that does the same is fine when the time is over, and not before', () => {
  assert.equal(judged({}), {
    kind: 'fine',
    reason: 'it does no worse: 18.0 frames/s answered, cuda, estimated F1 0.95',
  });
  assert.equal(
    judgeUpdate(
      WELL,
      looksOf(() => WELL, 295),
      WATCH_MS,
    ),
    { kind: 'watching' },
  );
  assert.equal(judgeUpdate(WELL, [], WATCH_MS), { kind: 'watching' });
});

for (const [what, change, reason] of [
  ['falls from CUDA to the CPU', { provider: 'cpu' }, 'inference runs on cpu, it ran on cuda before'],
  ['has no detector', { provider: null }, 'no detector serves, cuda did before'],
  ['answers less of what comes', { answeredFps: 5 }, '5.0 frames/s are answered, 18.0 were before'],
  ['answers nothing of it', { capturedFps: 0, answeredFps: 0 }, '0.0 frames/s are answered, 18.0 were before'],
  ['never sees a camera that streamed', { streaming: 1 }, '1 cameras stream at most, 2 did before'],
  ['knows less', { estimatedF1: 0.8 }, 'the estimated F1 is 0.80, it was 0.95 before'],
  ['takes far more memory', { memoryBytes: 900 * 2 ** 20 }, 'the program takes 900 MiB, it took 500 MiB before'],
] as const) {
  test(`a version that ${what} is worse`, () => assert.equal(judged(change), { kind: 'worse', reason }));
}

test('a version that fails more frames is worse, whatever was failed while it warmed up', () => {
  const failing = looksOf((i) => with_({ captured: 100 * i, failed: i < 12 ? 0 : 20 * (i - 12) }));
  assert.equal(judgeUpdate(WELL, failing, WATCH_MS), {
    kind: 'worse',
    reason: '20.0 % of the frames fail, 0.1 % did before',
  });
  const warming = looksOf((i) =>
    with_({ captured: 100 * i, failed: Math.min(i, 10) * 50, answeredFps: i < 10 ? 0 : 18 }),
  );
  assert.is(judgeUpdate(WELL, warming, WATCH_MS).kind, 'fine');
});

test('night, dusk and a camera that is lost by itself are not the fault of a version', () => {
  assert.is(judged({ estimatedF1: null }).kind, 'fine', 'nothing to audit');
  assert.is(judged({ capturedFps: 8, answeredFps: 7.5 }).kind, 'fine', 'cameras send less in the dark');
  assert.is(judged({ estimatedF1: 0.9, memoryBytes: 600 * 2 ** 20 }).kind, 'fine', 'within what varies');
  const lost = looksOf((i) => with_(i < 30 ? {} : { streaming: 1, answeredFps: 9, capturedFps: 10 }));
  assert.is(judgeUpdate(WELL, lost, WATCH_MS).kind, 'fine');
  const dark = with_({ streaming: 0, capturedFps: 0, answeredFps: 0, provider: 'cpu', estimatedF1: null });
  assert.is(judged(dark, dark).kind, 'fine', 'no camera was there before');
  assert.is(judged({ provider: 'cpu' }, with_({ provider: 'cpu' })).kind, 'fine', 'it was on the CPU already');
});

test('a program that crashes is worse at once, and so is one that fails, or is never ready', () => {
  assert.equal(judgeUpdate(WELL, service({}, { phase: 'starting', restarts: 1 }), WATCH_MS), {
    kind: 'worse',
    reason: 'the program ended and had to be started again',
  });
  const failed = { phase: 'failed', result: 'exit-code', pid: null } as const;
  assert.is(judgeUpdate(WELL, service({}, failed), WATCH_MS).kind, 'watching', 'a stop passes through that');
  assert.equal(judgeUpdate(WELL, service({}, failed, failed), WATCH_MS), {
    kind: 'worse',
    reason: 'the service failed (exit-code)',
  });
  const slow = Array.from({ length: 195 }, () => ({ phase: 'starting' }) as const);
  assert.is(judgeUpdate(WELL, service(...slow.slice(0, 190)), WATCH_MS).kind, 'watching', 'it compiles');
  assert.equal(judgeUpdate(WELL, service(...slow), WATCH_MS), {
    kind: 'worse',
    reason: 'the service was not ready within 16 minutes',
  });
});

test('restarts of before the trial and those by hand are not counted, and begin the time anew', () => {
  assert.is(judgeUpdate(WELL, service({ restarts: 5, pid: 1 }, { restarts: 0 }), WATCH_MS).kind, 'watching');
  const byHand = looksOf(() => WELL).map((look) =>
    look.at < 200_000 ? look : { ...look, service: { ...RUNNING, pid: 8 } },
  );
  assert.is(judgeUpdate(WELL, byHand, WATCH_MS).kind, 'watching');
});

test('what cannot be seen is said, and what was told before and is not any more is worse', () => {
  const silent = looksOf(() => null);
  assert.equal(judgeUpdate(null, silent, WATCH_MS), {
    kind: 'fine',
    reason: 'it runs and was not restarted; more could not be seen: the program is not asked over HTTP here',
  });
  assert.equal(
    judgeUpdate(
      null,
      looksOf(() => WELL),
      WATCH_MS,
    ),
    {
      kind: 'fine',
      reason: 'it runs and was not restarted; how the version before did is not known',
    },
  );
  assert.equal(judgeUpdate(WELL, silent, WATCH_MS), {
    kind: 'worse',
    reason: 'the program does not say how it does, which it did before',
  });
});

test('several looks at the old version are averaged', () => {
  assert.is(averageHealth([]), null);
  const average = averageHealth([with_({ answeredFps: 10, estimatedF1: null }), with_({ answeredFps: 20 })]);
  assert.equal(average, with_({ answeredFps: 15 }));
});

test.run();
