import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ClockJump, ClockReader } from '../../../src/board/machine/clock-reader.js';
import { tree, write } from './trees.js';

/** A reader whose three clocks a test turns, in s. */
class Turned {
  readonly jumps: ClockJump[] = [];
  readonly reader: ClockReader;
  /** s between looking at the one clock and at the other. */
  apart = 0;
  #now = 100;
  #unix = 1_700_000_000;
  #uptime: number | null;
  readonly #root: string;

  constructor(uptime: number | null) {
    this.#uptime = uptime;
    this.#root = tree(uptime === null ? {} : { 'proc/uptime': `${uptime}.00 1.00\n` });
    const clock = {
      now: () => {
        this.#now += this.apart;
        return this.#now * 1000;
      },
      unixNow: () => this.#unix * 1000,
    };
    this.reader = new ClockReader(this.#root, clock, (jump) => this.jumps.push(jump));
    this.reader.look();
    this.reader.read();
  }

  after(now: number, unix = now, uptime = now): void {
    this.#now += now;
    this.#unix += unix;
    if (this.#uptime !== null) {
      this.#uptime += uptime;
      write(this.#root, { 'proc/uptime': `${this.#uptime.toFixed(2)} 1.00\n` });
    }
    this.reader.read();
  }

  get sizes(): number[] {
    return this.jumps.map(({ seconds }) => Math.round(seconds * 1000) / 1000);
  }
}

test('a clock that is set forward or back is a jump, with its size; one that is corrected slowly is none', () => {
  const clock = new Turned(5000);
  for (let i = 0; i < 20; i++) clock.after(1, 1.08);
  assert.equal(clock.sizes, []);
  clock.after(1, 3601);
  clock.after(1);
  clock.after(1, -59);
  assert.equal(clock.sizes, [3600, -60]);
  assert.is(clock.reader.jumps, 2);
  assert.is(Math.round(clock.reader.lastJump!.seconds), -60);
  assert.is(Math.round(clock.reader.largestJump(600_000)), 3600);
  clock.after(601, 601);
  assert.is(clock.reader.largestJump(600_000), 0);
});

test('a machine that slept did not have its clock set', () => {
  const clock = new Turned(5000);
  clock.after(1, 7201, 7201);
  assert.equal(clock.sizes, []);
  assert.is(clock.reader.uptimeS, 12_201);
});

test('where nothing tells the uptime, the own clock is what it is compared with', () => {
  const clock = new Turned(null);
  assert.is(clock.reader.uptimeS, null);
  assert.is(clock.reader.bootTime, null);
  clock.after(10);
  clock.after(1, -30);
  assert.equal(clock.sizes, [-31]);
});

test('clocks that were looked at too far apart are not compared, and the jump between is found afterwards', () => {
  const clock = new Turned(5000);
  clock.apart = 20;
  clock.after(1, 21, 1);
  assert.equal(clock.sizes, [], 'the program was stopped between the two');
  clock.apart = 0;
  clock.after(1, 41, 41);
  assert.equal(clock.sizes, [20], 'what is left is really there');
});

test('since when the machine runs follows from what its clock says now', () => {
  const clock = new Turned(5000);
  assert.is(clock.reader.bootTime, (1_700_000_000 - 5000) * 1000);
  clock.reader.close();
  assert.is(clock.reader.uptimeS, null);
});

test('a clock that leaps all the time fills no memory', () => {
  const clock = new Turned(5000);
  for (let i = 0; i < 40; i++) clock.after(1, i % 2 ? 100 : -98);
  assert.is(clock.reader.jumps, 40);
  assert.is(clock.reader.recentJumps.length, 16);
});

test.run();
