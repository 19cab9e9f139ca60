import * as assert from 'uvu/assert';
import {
  type ActionStore,
  type ForgottenActions,
  NO_ACTION_CHANGES,
} from '../../../src/collector/actions/action-store.js';
import { brokenAt, chained, NO_AUDIT } from '../../../src/collector/actions/audit-chain.js';
import {
  type ActionPlan,
  type DeviceTask,
  type FleetAction,
  tallyOf,
} from '../../../src/collector/actions/fleet-action.js';

export const AT = 1_795_000_000_000;

export const PLAN: ActionPlan = {
  id: 'action-1',
  command: 'report',
  body: {},
  key: '21fe31dfa154a261',
  by: 'ana',
  note: null,
  chosen: { site: 'demo' },
  createdAt: AT,
  deadlineAt: AT + 3_600_000,
  stages: [1, 2],
  watchMs: 0,
  outcomeMs: 900_000,
  mostFailures: 0,
  perSecond: 5,
};

export const ACTION: FleetAction = {
  ...{ plan: PLAN, state: 'running', stage: 0, reason: null, forgiven: 0 },
  ...{ endedAt: null, tallies: null },
};

export const taskOf = (device: string, more: Partial<DeviceTask> = {}): DeviceTask => ({
  site: 'demo',
  device,
  stage: 0,
  state: 'waiting',
  attempts: 0,
  sentAt: null,
  answeredAt: null,
  reason: null,
  result: null,
  alertsBefore: [],
  ...more,
});

/** What any store of actions must keep. @param open an empty one @param again the same once more, after it was closed */
export function actionStoreContract(
  test: (name: string, body: () => Promise<void>) => void,
  what: string,
  open: () => Promise<{
    store: ActionStore;
    again: () => Promise<ActionStore>;
    /** Absent: it is the store's own, and tried elsewhere. */
    forget?: (before: ForgottenActions) => Promise<void>;
    close: () => Promise<void>;
  }>,
): void {
  test(`${what}: an action, its devices and their answers are there again`, async () => {
    const { store, again, close } = await open();
    const tasks = [taskOf('b'), taskOf('a', { stage: 1 }), taskOf('c', { stage: 1 })];
    const named = tasks.map((task) => ({ action: PLAN.id, task }));
    await store.change({ ...NO_ACTION_CHANGES, actions: [ACTION], tasks: named });
    const done = taskOf('b', { state: 'done', attempts: 2, sentAt: AT, answeredAt: AT + 9, result: '{"metrics":3}' });
    const next: FleetAction = { ...ACTION, stage: 1 };
    await store.change({ ...NO_ACTION_CHANGES, actions: [next], tasks: [{ action: PLAN.id, task: done }] });
    const later = await again();
    assert.equal(await later.action(PLAN.id), next);
    assert.is(await later.action('another'), null);
    assert.equal(await later.openActions(), [next]);
    const query = { action: PLAN.id, after: null, limit: 10 };
    assert.equal(await later.tasks(query), [tasks[1], done, tasks[2]]);
    assert.equal(await later.tasks({ ...query, after: { site: 'demo', device: 'b' } }), [tasks[2]]);
    assert.equal(await later.tasks({ ...query, state: 'done' }), [done]);
    const tallies = await later.tallies(PLAN.id);
    assert.equal([tallies[0]?.done, tallies[0]?.waiting, tallies[1]?.waiting], [1, 0, 2]);
    await later.change({ ...NO_ACTION_CHANGES, actions: [{ ...next, state: 'ended', endedAt: AT + 99 }] });
    assert.equal(await later.openActions(), []);
    const idsBehind = async (limit: number, createdAt: number, id: string | null) =>
      (await later.actions(limit, { createdAt, id })).map(({ plan }) => plan.id);
    assert.equal(await idsBehind(10, AT + 1, null), [PLAN.id]);
    assert.equal(await idsBehind(10, AT, null), []);
    // those that began in the same ms
    const others = ['a', 'b', 'c'].map((id) => ({ ...ACTION, plan: { ...PLAN, id } }));
    await later.change({ ...NO_ACTION_CHANGES, actions: others });
    assert.equal(await idsBehind(2, AT + 1, null), ['a', PLAN.id]);
    assert.equal(await idsBehind(9, AT, PLAN.id), ['b', 'c']);
    await close();
  });

  test(`${what}: an answer stays when what is written later has none`, async () => {
    const { store, close } = await open();
    const write = (more: Partial<DeviceTask>) =>
      store.change({ ...NO_ACTION_CHANGES, actions: [ACTION], tasks: [{ action: PLAN.id, task: taskOf('a', more) }] });
    await write({ state: 'watched', result: '{"metrics":3}' });
    await write({ state: 'done' });
    const [task] = await store.tasks({ action: PLAN.id, after: null, limit: 10 });
    assert.equal([task?.state, task?.result], ['done', '{"metrics":3}']);
    await close();
  });

  test(`${what}: what devices did goes some time after the end of an action, and later the action`, async () => {
    const { store, forget, close } = await open();
    if (forget === undefined) return close();
    const ended = (id: string, endedAt: number): FleetAction => ({
      ...ACTION,
      ...{ plan: { ...PLAN, id }, state: 'ended', endedAt, tallies: [tallyOf([taskOf('a')])] },
    });
    const actions = [ended('old', AT), ended('new', AT + 10), { ...ACTION, plan: { ...PLAN, id: 'open' } }];
    const tasks = actions.flatMap(({ plan: { id } }) =>
      ['a', 'b'].map((device) => ({ action: id, task: taskOf(device) })),
    );
    await store.change({ ...NO_ACTION_CHANGES, actions, tasks });
    const left = async () =>
      Promise.all(
        ['old', 'new', 'open'].map(async (id) => {
          const { length } = await store.tasks({ action: id, after: null, limit: 10 });
          return [(await store.action(id))?.tallies?.[0]?.waiting ?? null, length];
        }),
      );
    const all = [
      [1, 2],
      [1, 2],
      [null, 2],
    ];
    await forget({ results: AT, actions: AT - 5 });
    assert.equal(await left(), all);
    await forget({ results: AT + 1, actions: AT - 5 });
    assert.equal(await left(), [[1, 0], all[1], all[2]]);
    await forget({ results: AT + 1, actions: AT + 1 });
    assert.is(await store.action('old'), null);
    await forget({ results: AT + 99, actions: AT + 99 });
    assert.equal(await left(), [[null, 0], [null, 0], all[2]]);
    await close();
  });

  test(`${what}: the audit is appended to, in its order and never again`, async () => {
    const { store, again, close } = await open();
    const news = { at: AT, by: 'ana', what: 'begun', action: PLAN.id, detail: { devices: 3 } } as const;
    const audit = chained(NO_AUDIT, [news, { ...news, what: 'ended' }]);
    await store.change({ ...NO_ACTION_CHANGES, audit });
    const refused = (changes: Partial<typeof NO_ACTION_CHANGES>) =>
      store.change({ ...NO_ACTION_CHANGES, ...changes }).then(
        () => assert.unreachable('it was to fail'),
        () => undefined,
      );
    // the same number again, and with it all of the change
    const [other] = chained(audit[0]!, [{ ...news, what: 'aborted' }]);
    await refused({ audit: [other!], actions: [ACTION] });
    assert.is(await store.action(PLAN.id), null);
    const later = await again();
    const kept = await later.audit(10, Number.MAX_SAFE_INTEGER);
    assert.equal(kept, [...audit].reverse());
    assert.is(brokenAt(NO_AUDIT, audit), null);
    assert.equal(
      (await later.audit(10, 2)).map(({ n }) => n),
      [1],
    );
    assert.equal(
      [await later.oldestAudit(10), await later.oldestAudit(1), await later.oldestAudit(10, 1)],
      [audit, [audit[0]], [audit[1]]],
    );
    await close();
  });

  test(`${what}: labels and configurations of devices`, async () => {
    const { store, close } = await open();
    const label = { site: 'demo', device: 'a', label: 'canary', has: true };
    const one = { site: 'demo', device: 'a', hash: '00ff', at: AT, values: '{}' };
    await store.change({
      ...NO_ACTION_CHANGES,
      labels: [label, label, { ...label, label: 'north' }],
      configurations: [one],
    });
    assert.equal([...(await store.labels())], [['demo/a', ['canary', 'north']]]);
    assert.equal(await store.configurations([{ site: 'demo', device: 'a' }]), [one]);
    const later = { ...one, hash: '11ee' };
    await store.change({ ...NO_ACTION_CHANGES, labels: [{ ...label, has: false }], configurations: [later] });
    assert.equal([...(await store.labels())], [['demo/a', ['north']]]);
    assert.equal((await store.configurations([{ site: 'demo', device: 'a' }]))[0]?.hash, '11ee');
    assert.equal(await store.configurations([{ site: 'demo', device: 'b' }]), []);
    await close();
  });
}
