import { z } from '../../foundation/validate.js';
import { ORIGINS } from '../../frame/frame-result.js';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const chainId = z.string().regex(/^[0-9a-f]{16}$/);
const keyId = z.string().regex(/^[0-9a-f]{16}$/);
const unixMs = z.int().min(0);
const number = z.int().min(1);
const box = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/** What the first record of a chain names as the one before it. */
export const NO_HASH = '0'.repeat(64);

const head = { v: z.literal(1), chain: chainId, key: keyId };

const picture = z.strictObject({
  role: z.enum(['context', 'crop']),
  /** In the folder `pictures`. */
  name: z.string().regex(/^\d{10}-(context|crop)\.(jpg|webp|avif)$/),
  bytes: z.int().min(1),
  width: z.int().min(1),
  height: z.int().min(1),
  sha256: hash,
  /** Of the frame that it shows. */
  frame: z.int().min(0),
  capturedAt: unixMs,
});

/** One piece of evidence, as it is signed. */
export const evidenceRecord = z.strictObject({
  ...head,
  kind: z.literal('record'),
  /** +1 per record of the chain, from 1. */
  n: number,
  /** The hash of the record before it. */
  prev: hash,
  /** When it was written. */
  at: unixMs,
  site: z.string(),
  device: z.string(),
  tenant: z.string().nullable(),
  camera: z.string(),
  event: z.strictObject({
    kind: z.string(),
    frame: z.int().min(0),
    capturedAt: unixMs,
    line: z.string().optional(),
    direction: z.string().optional(),
    zone: z.string().nullable().optional(),
    stoodMs: z.number().optional(),
    rule: z.string().optional(),
    offence: z.string().optional(),
    /** Whatever else the event says. */
    more: z.record(z.string(), z.json()).optional(),
  }),
  vehicle: z.strictObject({ track: z.int(), class: z.string(), score: z.number(), box }),
  /** The best picture of the vehicle, which the crop is of; null where it shows what the event itself does. */
  still: z
    .strictObject({
      box,
      score: z.number(),
      quality: z.number(),
      sharpness: z.number(),
      hidden: z.number(),
      whole: z.boolean(),
      origin: z.enum(ORIGINS),
      ageMs: z.number(),
    })
    .nullable(),
  answer: z.strictObject({
    model: z.string(),
    variant: z.string(),
    provider: z.string(),
    origin: z.enum(ORIGINS),
    ageMs: z.number(),
  }),
  /** Size of the camera's own picture, which boxes refer to. */
  source: z.strictObject({ width: z.int(), height: z.int() }),
  lines: z.array(z.strictObject({ id: z.string(), from: z.array(z.number()), to: z.array(z.number()) })),
  zones: z.array(z.strictObject({ id: z.string(), polygon: z.array(z.array(z.number())) })),
  privacy: z.strictObject({
    /** `blurred`: looked for and blurred; `kept`: as configured; `unknown`: the model knows no persons; `all-but-vehicle`: they could not be looked for, and all around the vehicle is blurred. */
    persons: z.enum(['blurred', 'kept', 'unknown', 'all-but-vehicle']),
    /** How many were found in both pictures. */
    found: z.int().min(0),
    masks: z.int().min(0),
  }),
  pictures: z.array(picture),
  program: z.string(),
});
export type EvidenceRecord = z.infer<typeof evidenceRecord>;
/** A record before it has its place in a chain. */
export type EvidenceDraft = Omit<EvidenceRecord, 'v' | 'kind' | 'chain' | 'key' | 'n' | 'prev' | 'at' | 'pictures'>;
export type EvidencePicture = EvidenceRecord['pictures'][number];

/** How far a chain is: what finds that its last records were removed. */
export const chainHead = z.strictObject({
  ...head,
  kind: z.literal('head'),
  /** Of the last record; 0 before the first. */
  n: z.int().min(0),
  /** Of the last record. */
  hash,
  at: unixMs,
});
export type ChainHead = z.infer<typeof chainHead>;

/** Up to where retention removed a chain: what the first record that is left is held against. */
export const chainAnchor = z.strictObject({
  ...head,
  kind: z.literal('anchor'),
  /** Of the last record that was removed. */
  n: number,
  /** Of the last record that was removed. */
  hash,
  at: unixMs,
  /** How many were removed because they were too old, and for want of room; together `n`. */
  age: z.int().min(0),
  quota: z.int().min(0),
  /** When the last record that was removed had been written. */
  writtenAt: unixMs,
});
export type ChainAnchor = z.infer<typeof chainAnchor>;

/** What an export holds, where it does not hold all pictures. */
export const exportStatement = z.strictObject({
  ...head,
  kind: z.literal('export'),
  at: unixMs,
  /** Of the last record in it. */
  n: z.int().min(0),
  hash,
  /** Records whose pictures are in it; those of the others were left out on purpose. */
  withPictures: z.array(number),
});
export type ExportStatement = z.infer<typeof exportStatement>;
