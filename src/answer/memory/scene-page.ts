import { CELLS } from '../scene/grid.js';
import { LIGHT_LEVELS } from '../scene/light-bucket.js';

/** Scenes that a page of the index has room for. */
export const PAGE_SCENES = 64;

/* A page as the cache keeps it, little-endian: 0 u32 magic, then per scene u32 id, f64 usefulAt, u8 light level, descriptor. */
const MAGIC = 0x31474353;
const HEAD = 4;
const ROW = 13 + CELLS;

/** What is known of 64 scenes without reading them; index by place. */
export class ScenePage {
  /** 0: the place is free. */
  readonly ids = new Uint32Array(PAGE_SCENES);
  /** Unix ms when the scene was remembered or last recalled. */
  readonly usefulAt = new Float64Array(PAGE_SCENES);
  readonly levels = new Uint8Array(PAGE_SCENES);
  /** `CELLS` bytes each. */
  readonly descriptors = new Uint8Array(PAGE_SCENES * CELLS);
  /** Differs from what the cache has. */
  changed = false;

  /** About 10 kB. */
  encode(): Uint8Array {
    const bytes = new Uint8Array(HEAD + PAGE_SCENES * ROW);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, MAGIC, true);
    for (let place = 0, o = HEAD; place < PAGE_SCENES; place++, o += ROW) {
      view.setUint32(o, this.ids[place]!, true);
      view.setFloat64(o + 4, this.usefulAt[place]!, true);
      bytes[o + 12] = this.levels[place]!;
      bytes.set(this.descriptors.subarray(place * CELLS, (place + 1) * CELLS), o + 13);
    }
    return bytes;
  }

  /** The page again; null for anything that `encode` did not write. */
  static decode(value: unknown): ScenePage | null {
    if (!(value instanceof Uint8Array) || value.length !== HEAD + PAGE_SCENES * ROW) return null;
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    if (view.getUint32(0, true) !== MAGIC) return null;
    const page = new ScenePage();
    for (let place = 0, o = HEAD; place < PAGE_SCENES; place++, o += ROW) {
      page.ids[place] = view.getUint32(o, true);
      page.usefulAt[place] = view.getFloat64(o + 4, true);
      page.levels[place] = value[o + 12]!;
      page.descriptors.set(value.subarray(o + 13, o + ROW), place * CELLS);
      if (!Number.isFinite(page.usefulAt[place]!) || page.levels[place]! >= LIGHT_LEVELS.length) return null;
    }
    return page;
  }
}
