import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TrafficCounter } from '../../src/events/traffic/traffic-counter.js';
import type { VehicleEvent } from '../../src/events/vehicle-events.js';
import { silentLog } from '../../src/foundation/log.js';
import { HISTORY_MIGRATIONS } from '../../src/store/migrations.js';
import { StoreFile } from '../../src/store/store-file.js';
import { TrafficStore } from '../../src/store/traffic.js';
import type { TrafficInterval } from '../../src/store/traffic-counts.js';
import { temporaryFolder } from '../temporary.js';

/** 10:00 of some day, Unix ms. */
const TEN = 1_700_042_400_000;
const MINUTE = 60_000;
const DAY = 86_400_000;
const CAMERA = {
  id: 'north',
  lines: [{ id: 'gate', from: [0.5, 0], to: [0.5, 1], left: 'in', right: 'out' }],
  zones: [],
};

const crossed = (vehicleClass = 'car'): VehicleEvent => ({
  kind: 'crossed',
  vehicle: { trackId: 1, class: vehicleClass, score: 0.9, box: [1, 2, 3, 4] },
  line: 'gate',
  direction: 'in',
  total: 1,
});

/** One run of the program, whose time is set by hand; what it does not flush is lost with it. */
class Run {
  readonly told: TrafficInterval[] = [];
  readonly file: StoreFile;
  readonly store: TrafficStore;
  readonly counter: TrafficCounter;
  tells = true;

  constructor(
    folder: string,
    public now: number,
    opens = true,
  ) {
    this.file = new StoreFile({
      what: 'the history',
      file: join(folder, 'history.db'),
      migrations: HISTORY_MIGRATIONS,
      log: silentLog,
      now: () => this.now,
    });
    this.store = new TrafficStore(
      this.file,
      (interval) => this.#tell(interval),
      () => this.now,
    );
    if (opens) this.file.start();
    this.counter = new TrafficCounter({
      camera: CAMERA as never,
      intervalS: 300,
      now,
      partsOf: (id, from) => this.store.partsOf(id, from),
      closed: (interval) => this.store.close(interval),
    });
    this.store.watch(this.counter);
  }

  /** A minute of pictures, ten a second. */
  see(minutes: number, ...events: VehicleEvent[]): this {
    for (const event of events) this.counter.count(event);
    for (let i = 0; i < minutes * 600; i++) {
      this.now += 100;
      this.counter.answered(this.now, this.now, true, []);
    }
    return this;
  }

  flush(): this {
    this.file.flush();
    return this;
  }

  /** As it is read by whoever asks. */
  read(from = 0, to = TEN + 100 * DAY) {
    return this.store.read({ from, to })!.map((interval) => {
      const { from: at, part, counts } = interval;
      return [at - TEN, part, JSON.stringify(counts.lines['gate']!['in'])];
    });
  }

  #tell(interval: TrafficInterval): void {
    this.told.push(interval);
    if (this.tells) this.store.told(interval);
  }
}

test('a restart within an interval goes on with it, and with the totals', () => {
  const folder = temporaryFolder('traffic');
  const before = new Run(folder, TEN);
  before.see(1, crossed(), crossed('bus')).flush().file.stop();
  const after = new Run(folder, TEN + 2 * MINUTE);
  assert.is(after.counter.totals.sum('crossed', 'gate', 'in'), 2);
  assert.is(after.counter.totals.since('crossed', 'gate'), TEN);
  after.see(1, crossed()).flush();
  assert.equal(after.read(), [[0, 1, '{"car":2,"bus":1}']]);
  assert.is(after.counter.current().coveredMs, 2 * MINUTE - 200);
  after.file.stop();
});

test('since when is counted stays what was told of it, also where the disk came late', () => {
  const folder = temporaryFolder('traffic-since');
  const late = new Run(folder, TEN, false).see(1, crossed());
  late.file.start();
  late.flush().file.stop();
  const after = new Run(folder, TEN + 3 * MINUTE);
  assert.is(after.counter.totals.since('crossed', 'gate'), TEN);
  assert.equal(
    after.store.totals().map(({ since, count }) => [since, count]),
    [[TEN, 1]],
  );
  after.file.stop();
});

test('what was written is all that a kill leaves, and it is counted once', () => {
  const folder = temporaryFolder('traffic');
  const killed = new Run(folder, TEN);
  killed.see(1, crossed()).flush().see(1, crossed());
  const after = new Run(folder, TEN + 3 * MINUTE).flush();
  assert.is(after.counter.totals.sum('crossed', 'gate', 'in'), 1);
  assert.equal(after.read(), [[0, 1, '{"car":1}']]);
  after.file.stop();
  killed.file.stop();
});

test('a closed interval is told once it is kept, and again after a restart that came before it was told', () => {
  const folder = temporaryFolder('traffic');
  const run = new Run(folder, TEN);
  run.tells = false;
  run.see(5, crossed()).see(1);
  assert.is(run.told.length, 0);
  run.flush();
  assert.equal(
    run.told.map(({ from }) => from),
    [TEN],
  );
  run.file.stop();

  const again = new Run(folder, TEN + 20 * MINUTE).flush();
  assert.equal(
    again.told.map(({ from }) => from),
    [TEN, TEN + 5 * MINUTE],
    'the one that the stop cut short too',
  );
  assert.is(JSON.stringify(again.told[0]!.counts.lines), '{"gate":{"in":{"car":1},"out":{}}}');
  again.flush().file.stop();

  const third = new Run(folder, TEN + 40 * MINUTE).flush();
  assert.equal(
    third.told.map(({ from }) => from),
    [TEN + 20 * MINUTE],
  );
  third.file.stop();
});

test('a clock that is set back into an interval that is kept makes another part, over a restart too', () => {
  const folder = temporaryFolder('traffic');
  new Run(folder, TEN).see(5, crossed()).see(1).flush().file.stop();
  const back = new Run(folder, TEN + MINUTE).see(1, crossed('bus')).flush();
  assert.equal(back.read(), [
    [0, 1, '{"car":1}'],
    [0, 2, '{"bus":1}'],
    [5 * MINUTE, 1, '{}'],
  ]);
  back.file.stop();
});

test('a disk that comes late gets what was counted meanwhile, and gives back what was counted before', () => {
  const folder = temporaryFolder('traffic');
  new Run(folder, TEN).see(1, crossed()).flush().file.stop();
  const late = new Run(folder, TEN + 2 * MINUTE, false).see(1, crossed('bus'));
  assert.is(late.counter.totals.sum('crossed', 'gate', 'in'), 1);
  late.file.start();
  late.flush();
  assert.is(late.counter.totals.sum('crossed', 'gate', 'in'), 2);
  assert.equal(late.read(), [[0, 1, '{"bus":1,"car":1}']]);
  late.file.stop();
  const next = new Run(folder, TEN + 4 * MINUTE);
  assert.is(next.counter.totals.sum('crossed', 'gate', 'in'), 2);
  next.file.stop();
});

test('after 90 days intervals are kept as hours, with all that they counted', () => {
  const folder = temporaryFolder('traffic');
  new Run(folder, TEN).see(5, crossed()).see(5, crossed('bus')).see(1, crossed()).flush().flush().file.stop();
  const later = new Run(folder, TEN + 91 * DAY);
  later.flush();
  later.now += MINUTE;
  later.flush().flush();
  const [hour, ...rest] = later.store.read({ from: TEN, to: TEN + DAY })!;
  assert.equal([hour!.from, hour!.intervalS, rest.length], [TEN, 3600, 0]);
  assert.is(JSON.stringify(hour!.counts.lines), '{"gate":{"in":{"car":2,"bus":1},"out":{}}}');
  later.file.stop();
});

test('only what was asked for is read', () => {
  const folder = temporaryFolder('traffic');
  const run = new Run(folder, TEN).see(5, crossed()).see(5, crossed('bus')).see(1).flush();
  assert.equal(run.read(TEN + 5 * MINUTE, TEN + 10 * MINUTE), [[5 * MINUTE, 1, '{"bus":1}']]);
  assert.equal(run.store.read({ from: 0, to: TEN + DAY, cameras: ['south'] }), []);
  run.file.stop();
});

test.run();
