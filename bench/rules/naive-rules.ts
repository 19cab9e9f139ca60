import type { Box } from '../../src/frame/box.js';
import { type Detections, STRIDE } from '../../src/frame/detections.js';
import type { Offence } from '../../src/frame/offence.js';
import { inside } from '../../src/frame/polygon.js';
import type { Signal } from '../../src/simulator/signal-cycle.js';
import { GRACE_MS, type RuledCamera, STANDS_LONGER_S } from './ruled-road.js';

/** What somebody was told to have done. */
export interface Told {
  readonly offence: Offence;
  readonly box: Box;
}

interface Track {
  readonly id: number;
  x: number;
  y: number;
  missed: number;
  /** ms since it is in each zone. */
  readonly since: Map<string, number>;
  /** Frames that it went up and down the picture in a row, and whether it went the other way before. */
  run: number;
  hadRun: boolean;
  readonly told: Set<string>;
}

/** As scripts of tutorials have it: pixels that a centre may move from frame to frame, frames until it is forgotten. */
const MOST_MOVED = 50;
const MOST_MISSED = 10;
const TURN_FRAMES = 5;
const HEAVY = [1, 2];

/**
 * The rival: what a script does with the boxes of every frame. Centres are matched with the nearest of the frame before; a rule
 * is broken when the centre is over the line or in the polygon, and the class is that of the frame.
 */
export class NaiveRules {
  readonly #camera: RuledCamera;
  readonly #width: number;
  readonly #height: number;
  #tracks: Track[] = [];
  #next = 1;

  constructor(camera: RuledCamera, width: number, height: number) {
    this.#camera = camera;
    this.#width = width;
    this.#height = height;
  }

  push({ data, count }: Detections, now: number, signal: Signal | null): Told[] {
    const told: Told[] = [];
    const free = new Set(this.#tracks);
    for (let row = 0; row < count; row++) {
      const at = row * STRIDE;
      const box: Box = [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!];
      const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
      const track = nearest(free, x, y) ?? this.#begin(x, y);
      free.delete(track);
      for (const offence of this.#offences(track, x, y, data[at + 5]!, now, signal)) told.push({ offence, box });
      const step = Math.sign(y - track.y);
      if (step !== 0 && step === Math.sign(track.run)) track.run += step;
      else if (step !== 0) [track.hadRun, track.run] = [Math.abs(track.run) >= TURN_FRAMES, step];
      [track.x, track.y, track.missed] = [x, y, 0];
    }
    for (const track of free) track.missed++;
    this.#tracks = this.#tracks.filter(({ missed }) => missed <= MOST_MISSED);
    return told;
  }

  *#offences(track: Track, x: number, y: number, kind: number, now: number, signal: Signal | null): Iterable<Offence> {
    for (const rule of this.#camera.rules) {
      if (track.told.has(rule.id) || !this.#isBroken(rule, track, x, y, kind, now, signal)) continue;
      track.told.add(rule.id);
      yield rule.offence;
    }
  }

  #isBroken(
    rule: RuledCamera['rules'][number],
    track: Track,
    x: number,
    y: number,
    kind: number,
    now: number,
    signal: Signal | null,
  ): boolean {
    switch (rule.offence) {
      case 'wrong-way':
        return this.#crossed(rule, track, x, y);
      case 'red-light':
        return signal?.state === 'red' && now - signal.sinceMs > GRACE_MS && this.#crossed(rule, track, x, y);
      case 'u-turn':
        return track.hadRun && Math.abs(track.run) >= TURN_FRAMES;
      default: {
        const { polygon } = this.#camera.zones.find(({ id }) => id === rule.zone)!;
        if (!inside(polygon, x / this.#width, y / this.#height)) {
          track.since.delete(rule.id);
          return false;
        }
        if (rule.offence === 'class-lane') return HEAVY.includes(kind);
        if (!track.since.has(rule.id)) track.since.set(rule.id, now);
        return now - track.since.get(rule.id)! > STANDS_LONGER_S * 1000;
      }
    }
  }

  #crossed({ line, direction }: RuledCamera['rules'][number], track: Track, x: number, y: number): boolean {
    const { from, to } = this.#camera.lines.find(({ id }) => id === line)!;
    const [x0, y0, x1, y1] = [from[0] * this.#width, from[1] * this.#height, to[0] * this.#width, to[1] * this.#height];
    const level = (at: number) => y0 + ((at - x0) / (x1 - x0)) * (y1 - y0);
    if (x < x0 || x > x1) return false;
    const [was, is] = [track.y < level(track.x), y < level(x)];
    return was !== is && is === (direction === 'away');
  }

  #begin(x: number, y: number): Track {
    const track: Track = {
      id: this.#next++,
      x,
      y,
      missed: 0,
      since: new Map(),
      run: 0,
      hadRun: false,
      told: new Set(),
    };
    this.#tracks.push(track);
    return track;
  }
}

function nearest(tracks: Iterable<Track>, x: number, y: number): Track | null {
  let best: Track | null = null;
  let least = MOST_MOVED;
  for (const track of tracks) {
    const away = Math.hypot(track.x - x, track.y - y);
    if (away < least) [best, least] = [track, away];
  }
  return best;
}
