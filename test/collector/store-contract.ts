import * as assert from 'uvu/assert';
import { StreamCheck } from '../../src/collector/numbers/stream-check.js';
import { firstIdAt } from '../../src/collector/store/fleet-retention.js';
import type { FleetChanges, FleetDevice, FleetStore, LogRow, RowPlace } from '../../src/collector/store/fleet-store.js';
import { newDevice } from './new-device.js';

const NOTHING: FleetChanges = {
  devices: [],
  births: [],
  streams: [],
  alerts: [],
  rows: [],
  quarantined: [],
  counts: {},
};
const AT = 1_795_000_000_000;

const event = (device: FleetDevice, n: number, more: Partial<LogRow> = {}): LogRow => ({
  table: 'events',
  device: device.id,
  stream: '0123456789ab',
  n,
  ts: AT + n,
  at: AT + n,
  receivedAt: AT + n,
  subject: 'north',
  kind: 'crossed',
  body: `{"n":${n}}`,
  ...more,
});

/** What any store of a fleet must keep. @param open an empty one @param again the same once more, after it was closed */
export function fleetStoreContract(
  test: (name: string, body: () => Promise<void>) => void,
  what: string,
  open: () => FleetStore | Promise<FleetStore>,
  again: (store: FleetStore) => Promise<FleetStore>,
): void {
  test(`${what}: how some devices are, with the alerts that hold`, async () => {
    const store = await open();
    const ids: number[] = [];
    for (const name of ['a', 'b', 'c']) ids.push((await newDevice(store, 'demo', name, AT)).id);
    const alert = { device: ids[0]!, ts: AT, holds: true, clearedAt: null, body: '{"severity":"warning"}' };
    const alerts = [
      { ...alert, code: 'one' },
      { ...alert, code: 'over', holds: false, clearedAt: AT },
      { ...alert, code: 'other', device: ids[2]! },
    ];
    await store.commit({ ...NOTHING, alerts });
    const found = await store.conditions(
      [
        ['demo', 'b'],
        ['demo', 'a'],
        ['elsewhere', 'a'],
      ].map(([site, device]) => ({ site: site!, device: device! })),
    );
    const told = found.map(({ device, alerts: own }) => [device.device, own.map(({ code }) => code)]);
    assert.equal(told.sort(), [
      ['a', ['one']],
      ['b', []],
    ]);
    assert.equal(await store.conditions([]), []);
    await store.close();
  });

  test(`${what}: what was committed is there again, once`, async () => {
    let store = await open();
    assert.is(await store.known('demo', 'one'), null);
    const device = await newDevice(store, 'demo', 'one', AT);
    const check = new StreamCheck();
    check.take({ n: 1, historical: false, topic: 'event' });
    const birth = { bdSeq: 7, ts: AT, boot: '1f6b2c3d', body: '{}', receivedAt: AT, endedAt: null, endedBy: null };
    const seqs = { first: 0, ranges: [[0, 4]] as [number, number][], forgotten: 0, last: 4, unnamed: [3] };
    const changed: FleetDevice = {
      ...device,
      online: true,
      bdSeq: 7,
      birthTs: AT,
      heardAt: AT + 9,
      under: { bdSeq: 7, ts: AT },
    };
    const changes: FleetChanges = {
      devices: [{ ...changed, clock: { since: AT, least: 30, before: null } }],
      births: [{ ...birth, seqs, missing: 2, device: device.id }],
      streams: [
        { device: device.id, stream: '0123456789ab', state: check.kept(), verdict: check.verdict(), heardAt: AT },
      ],
      alerts: [{ device: device.id, code: 'cpu-high', ts: AT, holds: true, clearedAt: null, body: '{"a":1}' }],
      rows: [event(device, 1), event(device, 2)],
      quarantined: [],
      counts: { taken: 2 },
    };
    await store.commit(changes);
    await store.commit(changes);
    store = await again(store);
    const known = (await store.known('demo', 'one'))!;
    assert.equal(known.device, changes.devices[0]);
    assert.equal(known.births, [{ ...birth, seqs, missing: 2, body: null }]);
    assert.equal(known.streams[0]?.state, JSON.parse(JSON.stringify(check.kept())));
    assert.equal(
      known.alerts.map(({ code, holds }) => [code, holds]),
      [['cpu-high', true]],
    );
    assert.equal(await store.counts(), { taken: 2 });
    assert.ok(await store.hasBoot(device.id, '1f6b2c3d'));
    assert.not(await store.hasBoot(device.id, '00000000'));
    assert.is(await store.birth(device.id, { bdSeq: 7, ts: AT + 1 }), null);
    const query = { device: device.id, table: 'events', from: 0, to: AT * 2, limit: 10 } as const;
    assert.equal(
      (await store.history(query)).map(({ n, receivedAt }) => [n, receivedAt]),
      [
        [2, AT + 2],
        [1, AT + 1],
      ],
    );
    assert.equal((await store.history({ ...query, from: AT + 2 })).length, 1);
    assert.equal((await store.history({ ...query, subject: 'south' })).length, 0);
    await store.close();
  });

  test(`${what}: messages of the same time are each on one page`, async () => {
    const store = await open();
    const device = await newDevice(store, 'demo', 'one', AT);
    const rows = [1, 2, 3, 4, 5].map((n) => event(device, n, { at: n === 1 ? AT - 1 : AT }));
    await store.commit({ ...NOTHING, rows });
    const found: number[] = [];
    for (let behind: RowPlace | undefined; ; ) {
      const query = { device: device.id, table: 'events', from: 0, to: AT * 2, limit: 2, subject: 'north' } as const;
      const page = await store.history({ ...query, behind });
      if (page.length === 0) break;
      found.push(...page.map(({ n }) => n));
      behind = page.at(-1)!;
    }
    assert.equal(found, [5, 4, 3, 2, 1]);
    await store.close();
  });

  test(`${what}: of an interval the latest message counts, whatever comes first`, async () => {
    const store = await open();
    const device = await newDevice(store, 'demo', 'one', AT);
    const told = (n: number, ts: number) => {
      const { table, kind, ...row } = event(device, n, { ts, body: `{"told":${n}}` });
      return { ...row, table: 'traffic' as const, start: AT, part: 1 };
    };
    const marks = new Set<string>();
    const mark = async () => marks.add(JSON.stringify(await store.trafficMark(0, Number.MAX_SAFE_INTEGER, AT)));
    await mark();
    for (const row of [told(5, AT + 50), told(9, AT + 90), told(5, AT + 50)]) {
      await store.commit({ ...NOTHING, rows: [row] });
      await mark();
    }
    assert.equal([...marks], ['{"rows":0,"ts":0,"n":0}', '{"rows":1,"ts":50,"n":5}', '{"rows":1,"ts":90,"n":9}']);
    const elsewhere = async (fromId: number, toId: number) =>
      (await store.trafficFromElsewhere({ device: device.id, from: AT, to: AT + 20, fromId, toId })).map((row) => ({
        ...row,
      }));
    assert.equal(await elsewhere(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER), [
      { at: AT + 9, body: '{"told":9}' },
    ]);
    assert.equal(await elsewhere(0, 0), [{ at: AT + 9, body: '{"told":9}' }]);
    assert.equal(await elsewhere(0, Number.MAX_SAFE_INTEGER), []);
    const rows = await store.history({ device: device.id, table: 'traffic', from: 0, to: AT * 2, limit: 10 });
    assert.equal(
      rows.map(({ body }) => body),
      ['{"told":9}'],
    );
    await store.close();
  });

  test(`${what}: a batch that fails leaves nothing`, async () => {
    const store = await open();
    const device = await newDevice(store, 'demo', 'one', AT);
    const rows = [event(device, 1), event(device, 2, { body: null as never })];
    await store.commit({ ...NOTHING, rows }).then(
      () => assert.unreachable('it was to fail'),
      () => undefined,
    );
    assert.is((await store.history({ device: device.id, table: 'events', from: 0, to: AT * 2, limit: 9 })).length, 0);
    await store.close();
  });

  test(`${what}: devices come in the order of their names, page by page`, async () => {
    const store = await open();
    for (const [site, device] of [
      ['b', 'x'],
      ['a', 'z'],
      ['a', 'y'],
    ] as const)
      await newDevice(store, site, device, AT);
    assert.equal((await store.heardSince(0)).length, (await store.devices(100, null)).length);
    const last = Math.max(...(await store.devices(100, null)).map(({ heardAt }) => heardAt));
    assert.ok((await store.heardSince(last)).length > 0);
    assert.equal(await store.heardSince(last + 1), []);
    const first = await store.devices(2, null);
    assert.equal(
      first.map(({ site, device }) => `${site}/${device}`),
      ['a/y', 'a/z'],
    );
    assert.equal(
      (await store.devices(2, first[1]!)).map(({ device }) => device),
      ['x'],
    );
    assert.is(await store.deviceCount(), 3);
    await store.close();
  });

  test(`${what}: what holds, is lost and arrived is read of all devices`, async () => {
    const store = await open();
    const [one, two] = [await newDevice(store, 'demo', 'one', AT), await newDevice(store, 'demo', 'two', AT)];
    const alert = { ts: AT, clearedAt: null, body: '{}' };
    const seqs = { first: 0, ranges: [[0, 4]] as [number, number][], forgotten: 0, last: 4, unnamed: [] };
    const birth = { boot: null, body: null, seqs, missing: 0, endedBy: null, endedAt: null, device: two.id };
    const check = new StreamCheck();
    check.take({ n: 1, historical: false, topic: 'event' });
    const verdict = { ...check.verdict(), lostCount: 3 };
    const metrics = (device: FleetDevice, n: number): LogRow => event(device, n, { table: 'metrics', stream: '' });
    await store.commit({
      ...NOTHING,
      alerts: [
        { ...alert, device: one.id, code: 'a', holds: true },
        { ...alert, device: two.id, code: 'b', holds: false },
      ],
      births: [1, 2, 3].map((n) => ({
        ...birth,
        bdSeq: n,
        ts: AT + n,
        receivedAt: AT + n * 100,
        endedAt: n === 2 ? AT + 250 : null,
        body: n === 3 ? '{"n":3}' : '{}',
      })),
      streams: [{ device: two.id, stream: '0123456789ab', state: check.kept(), verdict, heardAt: AT }],
      rows: [metrics(one, 1), metrics(two, 2), metrics(one, 3)],
    });
    assert.equal(
      (await store.holding(9)).map(({ device, code }) => [device, code]),
      [[one.id, 'a']],
    );
    assert.equal([...(await store.lostCounts())], [[two.id, 3]]);
    const first = await store.arrived('metrics', firstIdAt(AT), 2);
    assert.equal(
      first.map(({ device, at }) => [device, at - AT]),
      [
        [one.id, 1],
        [two.id, 2],
      ],
    );
    assert.equal(
      (await store.arrived('metrics', first[1]!.id, 9)).map(({ body }) => body),
      ['{"n":3}'],
    );
    assert.equal(
      (await store.arrived('metrics', 0, 9, first[1]!.id)).map(({ body }) => body),
      [first[0]!.body],
    );
    assert.equal(await store.arrived('metrics', firstIdAt(AT + 9), 9), []);
    assert.equal([await store.birthBody(one.id), await store.birthBody(two.id)], [null, '{"n":3}']);
    assert.equal(
      (await store.connections(two.id, AT + 220, AT + 300)).map(({ receivedAt, endedAt }) => [
        receivedAt - AT,
        endedAt === null ? null : endedAt - AT,
      ]),
      [[200, 250]],
    );
    assert.is((await store.connections(two.id, AT, AT + 999)).length, 3);
    await store.close();
  });

  test(`${what}: what is kept too long goes, and of what is put aside the oldest`, async () => {
    const store = await open();
    const device = await newDevice(store, 'demo', 'one', AT);
    const message = { receivedAt: AT, topic: 'x', reason: 'no-json', detail: '', bytes: 1, sample: '{' } as const;
    const year = 400 * 86_400_000;
    await store.commit({ ...NOTHING, rows: [event(device, 1), event(device, 2, { receivedAt: AT + year })] });
    await store.commit({ ...NOTHING, quarantined: Array.from({ length: 30 }, (_, n) => ({ ...message, bytes: n })) });
    assert.equal(
      (await store.quarantine(100)).map(({ bytes }) => bytes),
      [...Array(20).keys()].map((n) => 29 - n),
    );
    // a clock that leapt is not believed before it has gone evenly for a day
    for (let halfHours = 0; halfHours <= 52; halfHours++) await store.forget(AT + year + halfHours * 1_800_000);
    const left = await store.history({ device: device.id, table: 'events', from: 0, to: AT * 2, limit: 9 });
    assert.equal(
      left.map(({ n }) => n),
      [2],
    );
    await store.close();
  });
}
