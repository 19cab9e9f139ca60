import { z } from '../../../foundation/validate.js';
import { numbered, topicLevel } from './head.js';

/** `evidence/<camera>`. */
export const evidenceMessage = z.object({
  ...numbered,
  camera: topicLevel('Camera that saw it.'),
  chain: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .meta({ description: 'Chain that the record is of.' }),
  record: z.int().min(1).meta({ description: 'Number of the record in its chain.' }),
  signed: z.string().min(1).meta({
    description:
      'The record: JSON in canonical form, ending in a line feed. The signature is over these bytes, and their SHA-256 is what the next record names.',
  }),
  signature: z
    .string()
    .min(1)
    .meta({ description: "Base64 of the Ed25519 signature by the device's key of evidence." }),
  pictures: z
    .array(
      z.object({
        role: z.enum(['context', 'crop']),
        name: z.string().min(1).meta({ description: 'As the record calls it, which has its SHA-256.' }),
        data: z.string().meta({ description: 'Base64.' }),
      }),
    )
    .max(2)
    .meta({ description: 'The pictures that there was room for; the crop goes first.' }),
});

/** How far a chain is, and who says so. */
export const toldHead = z.object({
  chain: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .meta({ description: 'The chain.' }),
  record: z.int().min(0).meta({ description: 'Number of its last record; 0 before the first.' }),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .meta({
      description:
        'SHA-256 of its last record: whoever keeps it can prove later that nothing up to it was changed or removed.',
    }),
  publicKey: z
    .string()
    .min(1)
    .meta({ description: 'The key that signs it, as `edge-optimizer evidence key` prints it.' }),
  signed: z.string().min(1).meta({ description: 'The same, as it was signed.' }),
  signature: z.string().min(1).meta({ description: 'Base64 of its Ed25519 signature.' }),
});

/** `report/evidence`. */
export const evidenceReport = z.object({ ...numbered, ...toldHead.shape });

/** A message of evidence as its maker hands it in: the head and the camera are added when it is published. */
export interface EvidencePayload {
  readonly chain: string;
  readonly record: number;
  readonly signed: string;
  readonly signature: string;
  readonly pictures: { role: 'context' | 'crop'; name: string; data: string }[];
}

/** How far a chain is, as its maker hands it in. */
export type EvidenceReportPayload = z.infer<typeof toldHead>;
