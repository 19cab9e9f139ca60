import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ClockSyncReader } from '../../../src/board/machine/clock-sync-reader.js';
import { type Files, tree, write } from './trees.js';

const at = (now: number) => ({ now, unixNow: now });

function readerOf(files: Files, answers: Readonly<Record<string, string>> = {}) {
  const asked: string[] = [];
  const root = tree(files);
  const reader = new ClockSyncReader(root, async (program, args) => {
    const question = [program, ...args].join(' ');
    asked.push(question);
    return answers[question] ?? null;
  });
  return { reader, asked, root };
}

const TRACKING = (systemTime: string, leap: string) =>
  `Reference ID    : C0A80101 (192.168.1.1)\nStratum         : 3\nSystem time     : ${systemTime} of NTP time\nLast offset     : +0.000012 seconds\nLeap status     : ${leap}\n`;

test('chrony tells how far the clock is ahead or behind', async () => {
  const ask = async (systemTime: string, leap = 'Normal') => {
    const { reader } = readerOf(
      { 'run/chrony/chronyd.pid': '1\n' },
      { 'chronyc -n tracking': TRACKING(systemTime, leap) },
    );
    await reader.read(at(0));
    return reader.sync;
  };
  assert.equal(await ask('0.001500000 seconds slow'), { isSynchronised: true, offsetMs: -1.5 });
  assert.equal(await ask('2.250000000 seconds fast'), { isSynchronised: true, offsetMs: 2250 });
  assert.equal(await ask('0.000000000 seconds fast', 'Not synchronised'), { isSynchronised: false, offsetMs: null });
  const silent = readerOf({ 'run/chrony/chronyd.pid': '1\n' });
  await silent.reader.read(at(0));
  assert.equal(silent.reader.sync, { isSynchronised: null, offsetMs: null });
});

test('systemd-timesyncd: a file tells whether, timedatectl how far', async () => {
  const synchronised = { 'run/systemd/timesync/synchronized': '' };
  const ask = async (offset: string) => {
    const { reader } = readerOf(synchronised, {
      'timedatectl timesync-status': `       Server: 10.0.0.1\n       Offset: ${offset}\n        Delay: 10ms\n`,
    });
    await reader.read(at(0));
    return reader.sync.offsetMs;
  };
  assert.is(await ask('-740us'), 0.74);
  assert.is(await ask('+1.337ms'), -1.337);
  assert.is(await ask('+1min 2.5s'), -62_500);
  assert.is(await ask('n/a'), null);
  const not = readerOf({ 'run/systemd/timesync/clock': '' });
  await not.reader.read(at(0));
  assert.equal(not.reader.sync, { isSynchronised: false, offsetMs: null });
  assert.equal(not.asked, []);
});

test('another daemon told the kernel: systemd says yes or no, and nothing where it says neither', async () => {
  const question = 'timedatectl show --property=NTPSynchronized --value';
  for (const [answer, isSynchronised] of [
    ['yes\n', true],
    ['no\n', false],
    ['maybe\n', null],
  ] as const) {
    const { reader } = readerOf({ 'run/systemd/system/x': '' }, { [question]: answer });
    await reader.read(at(0));
    assert.equal(reader.sync, { isSynchronised, offsetMs: null });
  }
  const nobody = readerOf({});
  await nobody.reader.read(at(0));
  assert.equal(nobody.reader.sync, { isSynchronised: null, offsetMs: null });
  assert.equal(nobody.asked, []);
});

test('it asks each 10 minutes where the clock is right, each minute else', async () => {
  const { reader, asked, root } = readerOf(
    { 'run/systemd/timesync/synchronized': '' },
    { 'timedatectl timesync-status': 'Offset: +1ms\n' },
  );
  for (let s = 0; s <= 1200; s++) await reader.read(at(s * 1000));
  assert.is(asked.length, 3);
  const chrony = readerOf(
    { 'run/chronyd.pid': '1' },
    { 'chronyc -n tracking': TRACKING('0.0 seconds slow', 'Not synchronised') },
  );
  for (let s = 0; s <= 600; s++) await chrony.reader.read(at(s * 1000));
  assert.is(chrony.asked.length, 11);
  write(root, {});
  reader.close();
  assert.equal(reader.sync, { isSynchronised: null, offsetMs: null });
});

test('a program that is not there is no answer', async () => {
  const reader = new ClockSyncReader(tree({ 'run/chrony/chronyd.pid': '1\n', 'run/systemd/system/x': '' }));
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    await reader.read(at(0));
  } finally {
    process.env['PATH'] = path;
  }
  assert.equal(reader.sync, { isSynchronised: null, offsetMs: null });
});

test.run();
