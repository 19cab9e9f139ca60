import { Writable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { liveLines } from '../../src/cli/live-lines.js';
import { LiveView } from '../../src/cli/live-view.js';
import type { CameraStatus, RuntimeStatus } from '../../src/runtime/status.js';
import { IDLE_STATUS } from '../runtime/idle-status.js';

const north: CameraStatus = {
  id: 'north',
  source: 'north',
  state: 'streaming',
  paused: null,
  connectionQuality: 'excellent',
  lastError: null,
  plausibility: null,
  implausible: null,
  capturedFps: 15,
  answeredFps: 15,
  captured: 180,
  inferred: 45,
  dropped: {},
  answered: { inferred: 45, propagated: 100, 'reused-memory': 30, 'reused-disk': 5 },
  estimatedF1: null,
  reusePays: true,
  vehicles: { car: 2 },
  vehiclesSeen: 21,
  lines: { gate: { outbound: 12, inbound: 3 } },
  zones: { 'bus-stop': 1 },
};

const dead: CameraStatus = {
  ...north,
  id: 'the-camera-at-the-far-end-of-the-southern-bridge',
  state: 'reconnecting',
  lastError:
    'ffmpeg ended (exit code 1) reading rtsp://127.0.0.1:9/x: Connection to tcp://127.0.0.1:9?timeout=0 failed: Connection refused; rtsp://127.0.0.1:9/x: Connection refused',
};

const status: RuntimeStatus = {
  ...IDLE_STATUS,
  cameras: [
    north,
    dead,
    { ...north, id: 'east', state: 'ended', vehicles: {}, dropped: { 'queue-full': 20, stale: 1 } },
  ],
  latencyMs: { p50: 17, p95: 22 },
  mqtt: { ...IDLE_STATUS.mqtt, broker: 'mqtt://127.0.0.1:1883', connected: true },
};

const POINT = {
  model: 'roadside-s',
  variant: 'int8',
  provider: 'cpu',
  workers: 1,
  intraOpThreads: 1,
  batchSize: 1,
};

const LETTER_OR_CODE = new RegExp(`${'\u001b'}\\[([?\\d]*)([A-Za-z])|[\\s\\S]`, 'gu');

/**
 * A terminal of so many columns that wraps, scrolls and obeys the codes that the view sends; narrowed, it breaks what it
 * shows anew, as most do.
 */
class FakeTerminal extends Writable {
  readonly isTTY = true;
  columns: number;
  readonly rows: number;
  #screen: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows = 24) {
    super({ decodeStrings: false });
    this.columns = columns;
    this.rows = rows;
  }

  /** What can be seen, without the empty lines at the end. */
  get screen(): string[] {
    return this.#screen
      .join('\n')
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd());
  }

  resize(columns: number): void {
    this.columns = columns;
    const below = this.#screen.length - this.#row;
    this.#screen = this.#screen.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? ['']);
    this.#row = this.#screen.length - below;
    this.emit('resize');
  }

  override _write(text: string, _encoding: string, done: () => void): void {
    for (const [token, codes = '', code = ''] of String(text).matchAll(LETTER_OR_CODE)) {
      if (code !== '') this.#obey(code, Number(codes || 1));
      else if (token === '\n') this.#go(this.#row + 1, 0);
      else this.#letter(token);
    }
    done();
  }

  #letter(letter: string): void {
    if (this.#column === this.columns) this.#go(this.#row + 1, 0);
    const line = this.#screen[this.#row]!.padEnd(this.#column);
    this.#screen[this.#row] = line.slice(0, this.#column) + letter + line.slice(this.#column + 1);
    this.#column++;
  }

  #obey(code: string, n: number): void {
    if (code === 'A') this.#go(Math.max(0, this.#row - n), this.#column);
    else if (code === 'B') this.#go(this.#row + n, this.#column);
    else if (code === 'G') this.#column = 0;
    else if (code === 'K') this.#screen[this.#row] = n === 2 ? '' : this.#screen[this.#row]!.slice(0, this.#column);
    else assert.ok(['h', 'l'].includes(code), `the code ${code} is unknown to this terminal`);
  }

  #go(row: number, column: number): void {
    while (this.#screen.length <= row) this.#screen.push('');
    this.#row = row;
    this.#column = column;
  }
}

const views: LiveView[] = [];
test.after.each(() => {
  for (const view of views.splice(0)) view.stop();
});

/** The view on a terminal, drawn once. */
function shown(columns: number, of = status, rows = 24) {
  const terminal = new FakeTerminal(columns, rows);
  const view = new LiveView(terminal);
  let now = of;
  view.start(() => now);
  views.push(view);
  view.draw();
  const then = (next: RuntimeStatus) => {
    now = next;
    view.draw();
  };
  return { terminal, view, then };
}

test('a wide terminal shows vehicles now and so far, crossings by direction and zones', () => {
  const { terminal } = shown(200, { ...status, cameras: [north] });
  assert.equal(terminal.screen, [
    'roadside-n fp32-416x256 · on cpu · latency p50 17 ms p95 22 ms · mqtt://127.0.0.1:1883 · up 12 s',
    '  north    15.0 of  15.0 fps  75 % without inference  2 car                     seen 21  gate 12 outbound, 3 inbound  1 in bus-stop  no drops  excellent',
  ]);
});

test('at 80 columns what matters most has its line, and a dead camera the end of its error', () => {
  const { terminal } = shown(80);
  assert.equal(terminal.screen, FRAME_80);
});

test('at 50 and 30 columns texts become shorter and then go', () => {
  for (const [columns, frame] of [
    [50, FRAME_50],
    [30, FRAME_30],
  ] as const) {
    const { terminal } = shown(columns);
    assert.equal(terminal.screen, frame);
  }
});

test('a terminal that is made narrower, and wider again, shows nothing but the view', () => {
  const { terminal, then } = shown(80);
  terminal.resize(50);
  assert.equal(terminal.screen, FRAME_50);
  terminal.resize(30);
  then({ ...status });
  assert.equal(terminal.screen, FRAME_30);
  terminal.resize(80);
  assert.equal(terminal.screen, FRAME_80);
});

test('lines of the log stand above the view, whole, and stay', () => {
  const { terminal, view, then } = shown(50);
  view.above.write('[12:00:00] WARN: camera lost\n');
  view.above.write(`${'x'.repeat(60)}\n`);
  then({ ...status, uptimeS: 13 });
  const [head, ...cameras] = FRAME_50;
  assert.equal(terminal.screen, [
    '[12:00:00] WARN: camera lost',
    'x'.repeat(50),
    'x'.repeat(10),
    head!.replace('12 s', '13 s'),
    ...cameras,
  ]);
  view.stop();
  view.above.write('stopped\n');
  assert.is(terminal.screen.at(-1), 'stopped');
});

test('of more cameras than a terminal has lines it says how many are not shown', () => {
  const cameras = Array.from({ length: 20 }, (_, i) => ({ ...north, id: `camera-${i}` }));
  const { terminal } = shown(50, { ...status, cameras }, 6);
  assert.is(terminal.screen.length, 5);
  assert.match(terminal.screen[3]!, /^ {2}camera-2 /);
  assert.is(terminal.screen[4], '  and 17 more');
});

test('the machine has a line of its own, what holds it back and a wrong clock last to go', () => {
  const machine = {
    cpuPercent: 43.4,
    memoryPercent: 61.2,
    memoryBytes: 8.2e9,
    temperature: 58.3,
    diskFreeBytes: 120.4 * 2 ** 30,
    throttledBy: ['heat', 'quota'],
    isClockSynchronised: false,
  };
  const line = (columns: number) => liveLines({ ...status, machine }, { columns, rows: 24 })[1];
  assert.is(
    line(140),
    '  CPU 43 % · memory 61 % of 7.6 GiB · 58 °C · 120 GiB of disk free · held back by heat and quota · clock not synchronised',
  );
  assert.is(line(80), '  CPU 43 % · memory 61 % · held back by heat and quota · clock not synchronised');
  assert.is(line(30), '  held back by heat and quota');
  assert.match(liveLines(status, { columns: 120, rows: 24 })[1]!, /^ {2}north/, 'nothing is known, nothing is said');
});

test('the tuning has a line of its own: what is being tried, or was moved last, and how inference is bounded', () => {
  const knobs = { point: POINT, batchWindowMs: 0, inferenceIntervalMs: 200, compressionQuality: 80 };
  const from = 'inferred as scenes ask';
  const lastChange = { at: 0, from, to: 'an inference each 200 ms at most', reason: 'latency is over its budget' };
  const tuning = { ...status.tuning, enabled: true, knobs, lastChange };
  const line = (columns: number, more: Partial<RuntimeStatus['tuning']> = {}) =>
    liveLines({ ...status, tuning: { ...tuning, ...more } }, { columns, rows: 24 })[1];
  assert.is(
    line(140),
    '  tuned (balanced) · inferred every 200 ms at most · last: an inference each 200 ms at most (latency is over its budget)',
  );
  assert.is(
    line(140, { trial: { from: 'roadside-n int8', to: 'roadside-s int8', reason: '+3.1 points' } }),
    '  tuned (balanced) · inferred every 200 ms at most · trying roadside-s int8 (+3.1 points)',
  );
  assert.is(
    line(60, { trial: { from: 'roadside-n int8', to: 'roadside-s int8', reason: '+3.1 points' }, knobs: null }),
    '  tuned (balanced) · trying roadside-s int8 (+3.1 points)',
  );
  assert.is(line(140, { knobs: null, lastChange: null }), '  tuned (balanced)');
  assert.is(line(140, { enabled: false }), liveLines(status, { columns: 140, rows: 24 })[1]);
});

test('at 80 columns the tuning says which model it tries, or moved to, and why; before that, what it expects', () => {
  const from = 'roadside-n int8-fused-416x256 cpu 1 × 2 threads batch 1, batches wait 10 ms';
  const to = 'roadside-s int8-fused-640x384 cpu 1 × 2 threads batch 1, batches wait 0 ms';
  const reason = `${to}: 12.1 points better (effective accuracy 0.631, 9 % busy)`;
  const decision = 'effective accuracy 0.506, 3 % busy';
  const line = (more: Partial<RuntimeStatus['tuning']>, columns = 79) =>
    liveLines({ ...status, tuning: { ...status.tuning, enabled: true, decision, ...more } }, { columns, rows: 24 })[1];
  assert.is(line({}), '  tuned (balanced) · effective accuracy 0.506, 3 % busy');
  assert.is(
    line({ trial: { from, to, reason } }),
    '  tuned (balanced) · trying roadside-s int8-fused-640x384 (12.1 points better)',
  );
  assert.is(
    line({ lastChange: { at: 0, from, to, reason } }),
    '  tuned (balanced) · last: roadside-s int8-fused-640x384 (12.1 points better)',
  );
  assert.is(
    line({ trial: { from, to: from.replace('1 × 2 threads', '2 × 1 thread'), reason } }, 100),
    '  tuned · trying roadside-n int8-fused-416x256 cpu 2 × 1 thread batch 1, batches wait 10 ms',
    'where only the workers change, they are what is said',
  );
  assert.is(
    line({ decision: null, waitsFor: 'looks at the device first' }),
    '  tuned (balanced) · looks at the device first',
  );
});

test('a broker that is away is said before anything else of it is', () => {
  const { terminal } = shown(60, { ...status, mqtt: { ...status.mqtt, connected: false } });
  assert.match(terminal.screen[0]!, 'mqtt offline');
});

const FRAME_80 = [
  'roadside-n fp32-416x256 · on cpu · p95 22 ms · mqtt://127.0.0.1:1883 · up 12 s',
  '  north                        15.0 fps  2 here   seen 21  0 lost   excellent',
  '  the-camera-at-the-far-end…  reconnecting: Connection refused',
  '  east                         15.0 fps  0 here   seen 21  21 lost  ended',
];
const FRAME_50 = [
  'on cpu · latency p50 17 ms p95 22 ms · up 12 s',
  '  north              15.0 fps  2 here   excellent',
  '  the-camera-at-t…  reconnecting: Connection ref…',
  '  east               15.0 fps  0 here   ended',
];
const FRAME_30 = [
  'on cpu · p95 22 ms · up 12 s',
  '  north      excellent',
  '  the-came…  Connection refu…',
  '  east       ended',
];

test('a camera of a tenant is shown with its name where any is', () => {
  const cameras = [
    { ...north, tenant: 'harbour' },
    { ...north, id: 'gate' },
  ];
  const lines = liveLines({ ...status, cameras }, { columns: 200, rows: 20 });
  assert.match(lines.find((line) => line.startsWith('  north'))!, /^ {2}north +harbour +15/);
  assert.match(lines.find((line) => line.startsWith('  gate'))!, /^ {2}gate {10,}15/);
});

test.run();
