import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DeviceFacts, DeviceTask, FleetAction } from '../../../src/collector/actions/fleet-action.js';
import { type SeenTask, stageStep } from '../../../src/collector/actions/stage-step.js';
import { afterAnswer, afterLook, afterSending, isDueTask } from '../../../src/collector/actions/task-steps.js';
import { ACTION, AT, PLAN, taskOf } from './store-contract.js';

const ONLINE: DeviceFacts = { presence: 'online', heardAt: AT, alerts: ['disk-full'] };
const OFFLINE: DeviceFacts = { ...ONLINE, presence: 'offline' };
const WATCHING = { ...PLAN, watchMs: 600_000 };

test('what is away is not sent to, and what is not answered is sent again, later and later', () => {
  const waiting = taskOf('a');
  assert.equal([isDueTask(waiting, ONLINE, AT), isDueTask(waiting, OFFLINE, AT)], [true, false]);
  let task = afterSending(waiting, ONLINE, AT);
  assert.equal([task.state, task.attempts, task.alertsBefore], ['sent', 1, ['disk-full']]);
  assert.equal([isDueTask(task, ONLINE, AT + 14_999), isDueTask(task, ONLINE, AT + 15_000)], [false, true]);
  task = afterSending(task, { ...ONLINE, alerts: ['cpu-high'] }, AT + 15_000);
  assert.equal(task.alertsBefore, ['disk-full']);
  assert.equal([isDueTask(task, ONLINE, AT + 44_999), isDueTask(task, ONLINE, AT + 45_000)], [false, true]);
  assert.not(isDueTask({ ...task, state: 'done' }, ONLINE, AT * 2));
});

test('an answer is done, failed, refused for good, or for now', () => {
  const task = afterSending(taskOf('a'), ONLINE, AT);
  const done = afterAnswer(task, { ok: true, result: { metrics: 3 } }, PLAN, AT + 5);
  assert.equal([done.state, done.answeredAt, done.result], ['done', AT + 5, '{"metrics":3}']);
  assert.is(afterAnswer(done, { ok: false, error: 'x' }, PLAN, AT + 6), done);
  const failed = afterAnswer(task, { ok: false, error: 'camera: expected one of a' }, PLAN, AT);
  assert.equal([failed.state, failed.reason], ['failed', 'camera: expected one of a']);
  const refused = afterAnswer(task, { ok: false, refused: 'wrong-signature', error: 'no' }, PLAN, AT);
  assert.equal([refused.state, refused.reason], ['refused', 'wrong-signature: no']);
  const busy = afterAnswer(task, { ok: false, refused: 'busy', error: 'later' }, PLAN, AT);
  assert.equal([busy.state, busy.reason], ['sent', 'busy: later']);
  assert.is(afterAnswer(busy, { ok: true }, PLAN, AT).reason, null);
  const large = afterAnswer(task, { ok: true, result: { jpeg: 'x'.repeat(9000) } }, PLAN, AT);
  assert.ok(large.result!.length < 4000 && 'cut' in JSON.parse(large.result!));
});

test('what is only accepted at first is waited for, and not for ever', () => {
  const task = afterAnswer(
    afterSending(taskOf('a'), ONLINE, AT),
    { ok: true, result: { state: 'accepted' } },
    WATCHING,
    AT,
  );
  assert.is(task.state, 'accepted');
  assert.is(afterAnswer(task, { ok: true, result: { state: 'accepted' } }, WATCHING, AT + 9), task);
  assert.is(afterAnswer(task, { ok: true, result: { state: 'done' } }, WATCHING, AT).state, 'watched');
  assert.is(afterAnswer(task, { ok: false, error: 'it did worse' }, WATCHING, AT).state, 'failed');
  assert.is(afterLook(task, OFFLINE, WATCHING, AT + 899_999), task);
  assert.match(
    afterLook(task, OFFLINE, WATCHING, AT + 900_000).reason!,
    'it began, and told no outcome in 15 min; it is offline',
  );
  assert.not(isDueTask(task, ONLINE, AT + 119_999));
  assert.ok(isDueTask(task, ONLINE, AT + 120_000));
});

test('whoever did it is looked at for a time: new alerts and long absence are unwell, what held before is not', () => {
  const task = afterAnswer(afterSending(taskOf('a'), ONLINE, AT), { ok: true }, WATCHING, AT);
  assert.is(afterLook(task, ONLINE, WATCHING, AT + 299_999), task);
  assert.is(afterLook(task, ONLINE, WATCHING, AT + 600_000).state, 'done');
  const worse = afterLook(task, { ...ONLINE, alerts: ['disk-full', 'no-detector'] }, WATCHING, AT + 1);
  assert.equal([worse.state, worse.reason], ['unwell', 'alerts that did not hold before: no-detector']);
  assert.is(afterLook(task, OFFLINE, WATCHING, AT + 179_999), task);
  assert.is(afterLook(task, OFFLINE, WATCHING, AT + 180_000).reason, 'it is offline, 3 min by now');
});

test('when the time is over, what has no answer has none, and one that comes late still counts', () => {
  const over = PLAN.deadlineAt;
  const waiting = afterLook(taskOf('a'), { ...OFFLINE, presence: 'gone' }, PLAN, over);
  assert.equal([waiting.state, waiting.reason], ['unanswered', 'it was gone until the time was over']);
  const silent = afterLook(afterSending(afterSending(taskOf('a'), ONLINE, AT), ONLINE, AT), ONLINE, PLAN, over);
  assert.is(silent.reason, 'sent 2 times, and not answered');
  assert.is(afterAnswer(silent, { ok: true }, PLAN, over + 9).state, 'done');
});

const seen = (state: DeviceTask['state'], stage: number, isAway = false): SeenTask => ({
  task: taskOf(`${state}-${stage}`, { state, stage, reason: 'why' }),
  isAway,
});
const STAGED: FleetAction = { ...ACTION, plan: { ...PLAN, stages: [2, 2], mostFailures: 1 } };

test('a stage goes on once half of it is done and well, and whoever is away has it later', () => {
  const later = [seen('waiting', 1), seen('waiting', 1)];
  assert.is(stageStep(STAGED, [seen('done', 0), seen('sent', 0), ...later], AT).is, 'wait');
  assert.is(stageStep(STAGED, [seen('done', 0), seen('watched', 0), ...later], AT).is, 'wait');
  // there, and about to be sent to
  assert.is(stageStep(STAGED, [seen('done', 0), seen('waiting', 0), ...later], AT).is, 'wait');
  assert.equal(stageStep(STAGED, [seen('done', 0), seen('waiting', 0, true), ...later], AT), {
    is: 'next',
    reason: 'stage 1 is over: 1 of 2 done and well, 1 away',
  });
  assert.is(stageStep(STAGED, [seen('waiting', 0, true), seen('waiting', 0, true), ...later], AT).is, 'wait');
  const second = { ...STAGED, stage: 1 };
  assert.is(stageStep(second, [seen('done', 0), seen('done', 0), ...later], AT).is, 'wait');
  assert.equal(
    stageStep(
      second,
      ['done', 'done', 'unwell', 'unanswered'].map((state) => seen(state as 'done', 0)),
      AT,
    ),
    {
      is: 'end',
      reason: '2 done, 1 unwell, 1 unanswered',
    },
  );
});

test('who was sent to and stays silent holds a stage up for five minutes, or five times, and nobody forgets him', () => {
  const sent = (attempts: number, sentAt: number): SeenTask => ({
    ...{ task: taskOf('mute', { state: 'sent', attempts, sentAt }), isAway: false },
  });
  const after = (one: SeenTask, now: number) => stageStep(STAGED, [seen('done', 0), one, seen('waiting', 1)], now);
  assert.is(after(sent(4, AT), AT + 1000).is, 'wait');
  assert.equal(after(sent(5, AT), AT + 1000), {
    is: 'next',
    reason: 'stage 1 is over: 1 of 2 done and well, 1 silent',
  });
  // it went away behind what it was sent
  assert.is(after(sent(1, AT), AT + 299_999).is, 'wait');
  assert.is(after(sent(1, AT), AT + 300_000).is, 'next');
  const last = { ...STAGED, stage: 1 };
  assert.is(stageStep(last, [seen('done', 0), sent(5, AT), seen('done', 1)], AT * 2).is, 'wait');
  assert.is(stageStep(STAGED, [sent(5, AT), sent(5, AT), seen('waiting', 1)], AT).is, 'wait');
});

test('failures beyond what is allowed halt it, with whose they are; those that somebody saw do not count again', () => {
  const tasks = [seen('failed', 0), seen('refused', 0), seen('waiting', 1)];
  const step = stageStep(STAGED, tasks, AT);
  assert.is(step.is, 'halt');
  assert.match(
    'reason' in step ? step.reason : '',
    '2 failed, where 1 may: demo/failed-0 failed (why); demo/refused-0 refused',
  );
  assert.is(stageStep({ ...STAGED, forgiven: 2 }, [...tasks, seen('done', 0)], AT).is, 'halt');
  assert.is(stageStep({ ...STAGED, forgiven: 2, stage: 1 }, tasks, AT).is, 'wait');
  const few = stageStep(STAGED, [seen('failed', 0), seen('unanswered', 0), seen('waiting', 1)], AT);
  assert.equal(few, { is: 'halt', reason: 'stage 1: only 0 of 2 done and well, and half is wanted' });
});

test.run();
