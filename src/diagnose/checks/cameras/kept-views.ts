import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CameraConfig } from '../../../config/config.js';
import { inside } from '../../../frame/polygon.js';
import { isDaylit, matchViews } from '../../../plausibility/view-match.js';
import { VIEW_ACROSS, VIEW_CELLS, VIEW_DOWN } from '../../../plausibility/view-picture.js';
import { readDatabase } from '../../../store/read-database.js';
import { type ViewReference, viewReferencesIn } from '../../../store/view-references.js';
import { type Finding, found } from '../../finding.js';

const HOUR_MS = 3_600_000;
/** Hours ago from which on a picture is one of yesterday, and until which what the program keeps is one of now. */
const YESTERDAY = 20;
const NOW = 1;
/** Pictures of yesterday that are compared: those of the hours of the day that are nearest, whose shadows lie alike. */
const COMPARED = 3;
/** A moved view fits so well elsewhere, and so much better than where it was; in shares of the picture it moved by so much. */
const FITS = 0.6;
const BETTER = 0.15;
const MOVED = 0.02;
/** A view is surely in place from this likeness on; under the others it is found nowhere. */
const IN_PLACE = 0.5;
const NOT_HERE = 0.2;
const NOWHERE = 0.55;
/** Share of the picture that may be masked. */
const MOST_MASKED = 0.6;

/** What the program keeps in its store of what each camera showed, hour by hour. */
export class KeptViews {
  readonly #file: string;

  constructor(storeDir: string) {
    this.#file = join(storeDir, 'history.db');
  }

  /**
   * Whether a camera looks elsewhere than a day ago.
   *
   * @param view what it shows now; null: what the running program kept last
   */
  sinceYesterday(camera: CameraConfig, view: Uint8Array | null): Finding[] {
    const hour = Math.floor(Date.now() / HOUR_MS);
    const kept = this.#kept(camera.id);
    const now = view ?? kept.findLast((one) => hour - one.hour <= NOW)?.picture ?? null;
    return now === null ? [] : judgeView(camera, { now, hour }, kept);
  }

  #kept(camera: string): readonly ViewReference[] {
    if (!existsSync(this.#file)) return [];
    try {
      const database = readDatabase(this.#file);
      try {
        return viewReferencesIn(database, camera).filter(({ picture }) => picture.length === VIEW_CELLS);
      } finally {
        database.close();
      }
    } catch {
      // a store of an earlier version, or one that cannot be read, which its own check tells
      return [];
    }
  }
}

/** What the pictures of a day ago say of the one of now; nothing where there are none. Pure. */
export function judgeView(
  { id, masks }: Pick<CameraConfig, 'id' | 'masks'>,
  { now, hour }: { readonly now: Uint8Array; readonly hour: number },
  kept: readonly ViewReference[],
): Finding[] {
  const old = kept.filter((one) => hour - one.hour >= YESTERDAY);
  if (old.length === 0) return [];
  const unjudged = [found('unknown', 'camera-view-unjudged', { camera: id, pictures: old.length }, id)];
  const ignored = maskedCells(masks);
  const isMasked = ignored.reduce((sum, cell) => sum + cell, 0) > MOST_MASKED * VIEW_CELLS;
  const comparable = !isMasked && isDaylit(now) ? old.filter(({ picture }) => isDaylit(picture)) : [];
  const matches = comparable
    .sort((a, b) => hoursApart(a.hour, hour) - hoursApart(b.hour, hour) || b.hour - a.hour)
    .slice(0, COMPARED)
    .map((one) => ({ ...matchViews(one.picture, now, ignored), hours: hour - one.hour }));
  const [first] = matches;
  if (first === undefined) return unjudged;
  const moves = matches.map(({ right, down }) => Math.hypot(right, down));
  const { hours } = first;
  if (matches.every((one, at) => one.best >= FITS && one.best >= one.inPlace + BETTER && moves[at]! > MOVED)) {
    return [found('degraded', 'camera-moved', { camera: id, hours, percent: Math.round(100 * moves[0]!) }, id)];
  }
  if (matches.every(({ inPlace, best }) => inPlace < NOT_HERE && best < NOWHERE)) {
    const percent = Math.max(0, Math.round(100 * first.inPlace));
    return [found('degraded', 'camera-other-view', { camera: id, hours, percent }, id)];
  }
  return matches.some(({ inPlace }) => inPlace >= IN_PLACE) ? [] : unjudged;
}

/** 1 for each cell of a view whose middle is masked: its change means nothing. */
function maskedCells(masks: CameraConfig['masks']): Uint8Array {
  return Uint8Array.from({ length: VIEW_CELLS }, (_, cell) => {
    const x = ((cell % VIEW_ACROSS) + 0.5) / VIEW_ACROSS;
    const y = (Math.floor(cell / VIEW_ACROSS) + 0.5) / VIEW_DOWN;
    return masks.some((polygon) => inside(polygon, x, y)) ? 1 : 0;
  });
}

/** Hours between two times of the day, whichever day. */
function hoursApart(a: number, b: number): number {
  const apart = Math.abs(a - b) % 24;
  return Math.min(apart, 24 - apart);
}
