import { type Detections, STRIDE } from '../../frame/detections.js';
import { BLOCKS, CELLS, emptySignature, type Signature } from '../scene/grid.js';

/*
 * A remembered scene as the cache keeps it, little-endian:
 *   0 u32 magic, 4 u32 id, 8 f64 inferredAt (Unix ms), 16 u32 boxes, 20 luma (a byte per block),
 *   then chroma (an int8 per number, halved), then 6 float32 per box
 */
const MAGIC = 0x314e4353;
const HEAD = 20;
const LUMA_END = HEAD + BLOCKS;
const BOXES = LUMA_END + 2 * CELLS;
const MOST_BOXES = 10_000;

export interface SceneRecord {
  /** Tells a scene from an older one in the same place. */
  readonly id: number;
  /** Unix ms. */
  readonly inferredAt: number;
  readonly signature: Signature;
  readonly detections: Detections;
}

/** About 2.6 kB and 24 bytes per box. */
export function encodeScene({ id, inferredAt, signature, detections }: SceneRecord): Uint8Array {
  const numbers = detections.count * STRIDE;
  const bytes = new Uint8Array(BOXES + numbers * 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, id, true);
  view.setFloat64(8, inferredAt, true);
  view.setUint32(16, detections.count, true);
  for (let i = 0; i < BLOCKS; i++) bytes[HEAD + i] = Math.min(255, signature.luma[i]! + 0.5);
  for (let i = 0; i < 2 * CELLS; i++) view.setInt8(LUMA_END + i, Math.round(signature.chroma[i]! / 2));
  for (let i = 0; i < numbers; i++) view.setFloat32(BOXES + i * 4, detections.data[i]!, true);
  return bytes;
}

/** The scene again, in memory of its own; null for anything that `encodeScene` did not write. */
export function decodeScene(value: unknown): SceneRecord | null {
  if (!(value instanceof Uint8Array) || value.length < BOXES) return null;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const count = view.getUint32(16, true);
  const inferredAt = view.getFloat64(8, true);
  if (view.getUint32(0, true) !== MAGIC || count > MOST_BOXES || !Number.isFinite(inferredAt)) return null;
  if (value.length !== BOXES + count * STRIDE * 4) return null;
  const data = new Float32Array(count * STRIDE);
  for (let i = 0; i < data.length; i++) data[i] = view.getFloat32(BOXES + i * 4, true);
  if (!areBoxes(data)) return null;
  const signature = emptySignature();
  signature.luma.set(value.subarray(HEAD, LUMA_END));
  for (let i = 0; i < 2 * CELLS; i++) signature.chroma[i] = view.getInt8(LUMA_END + i) * 2;
  return { id: view.getUint32(4, true), inferredAt, signature, detections: { count, data } };
}

function areBoxes(data: Float32Array): boolean {
  for (let o = 0; o < data.length; o += STRIDE) {
    const [x1, y1, x2, y2, score, kind] = data.subarray(o, o + STRIDE) as unknown as number[];
    const box = Number.isFinite(x1! + y1! + x2! + y2!) && x1! < x2! && y1! < y2!;
    if (!box || !(score! >= 0 && score! <= 1) || !(Number.isInteger(kind) && kind! >= 0)) return false;
  }
  return true;
}
