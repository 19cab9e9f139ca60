import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { replayUplinks } from '../../../bench/compression/uplink-replay.js';
import { readUplinks } from '../../../bench/compression/uplink-traces.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('uplinks');
mkdirSync(join(folder, 'mahimahi'));
mkdirSync(join(folder, 'mtu-cork-5g-uplink'));
mkdirSync(join(folder, 'norway-3g'));
// 60 kB/s for five minutes, with an outage of one
const packets = Array.from({ length: 300 * 40 }, (_, index) => index * 25).filter((ms) => ms < 100_000 || ms > 160_000);
writeFileSync(join(folder, 'mahimahi/Road.up.gz'), gzipSync(packets.join('\n')));
writeFileSync(join(folder, 'norway-3g/norway_bus_9'), '0.0\t8\n50.0\t4\n100.0\t1\n');
const line = (second: number, rsrp: number, rate: number) =>
  `${new Date(1.6e12 + second * 1000).toUTCString().replace(',', '')},${rsrp},-10,-70,0,0,0,1,${rate}`;
const lines = [
  'Time,a,b,c,d,e,f,Sent Bytes,RATE(MBit/s)',
  line(0, -110, 0),
  line(3, -110, 8),
  line(40, 0, 900),
  line(90, -100, 2),
];
writeFileSync(join(folder, 'mtu-cork-5g-uplink/Data.csv'), lines.join('\n'));
writeFileSync(join(folder, 'README.md'), 'not a trace');

test('traces of each form are read second by second, without what is no measurement', () => {
  const traces = Object.fromEntries(readUplinks(folder).map(({ name, bytesPerS }) => [name, bytesPerS]));
  assert.equal(Object.keys(traces).sort(), ['Data', 'Road', 'norway_bus_9']);
  assert.equal([traces['Road']![0], traces['Road']![120], traces['Road']!.length], [60_000, 0, 300]);
  assert.equal([traces['norway_bus_9']![0], traces['norway_bus_9']![60]], [1e6, 5e5]);
  assert.equal([traces['Data']![0], traces['Data']!.length], [1e6, 87]);
});

test('over an outage no still is lost, alerts hardly wait for stills, and the backlog is bounded, which a queue in order does not do', () => {
  const { rows, goals } = replayUplinks(folder, false, []);
  assert.ok(goals.every(({ met }) => met));
  const of = (contender: string) => rows.find((row) => row['uplink'] === 'Road' && row['contender'] === contender)!;
  const [ours, fifo] = [of('ours'), of('first in, first out')];
  assert.is(ours['lost'], 0);
  assert.ok(Number(ours['alertAddedP95S']) < 3 && Number(fifo['alertAddedP95S']) > 10);
  assert.ok(Number(ours['mostBacklogKB']) < Number(fifo['mostBacklogKB']));
});

test('without traces there are none, and a note says so', () => {
  const notes: string[] = [];
  assert.equal(replayUplinks(join(folder, 'nowhere'), false, notes), { rows: [], goals: [] });
  assert.match(notes[0]!, '--uplink DIR');
});

test.run();
