import { EVIDENCE_FAULTS } from '../../evidence/chain/verify.js';
import type { HttpRoute } from '../../foundation/http-route.js';
import type { TenantId } from '../../foundation/scope.js';
import { z } from '../../foundation/validate.js';
import type { Viewer } from '../../foundation/viewer.js';
import { apiRoute } from '../../http/api-route.js';

const time = z.number().nullable().meta({ description: 'Unix ms.' });
const verifiedChain = z.object({
  tenant: z.string().nullable().meta({ description: 'Whose it is; null: of the device itself.' }),
  chain: z.string(),
  state: z
    .enum(['none', 'running', 'verified', 'broken', 'failed'])
    .meta({ description: 'none: not since the start of the program.' }),
  startedAt: time,
  endedAt: time,
  failure: z.string().nullable().meta({ description: 'Why it could not be verified.' }),
  first: z.number().nullable().meta({ description: 'Number of the first record that was held against the key.' }),
  last: z.number().nullable(),
  records: z.number().meta({ description: 'That are there and right.' }),
  pictures: z.number().meta({ description: 'That are there and right.' }),
  removedUpTo: z.number().nullable().meta({ description: 'Up to this record retention removed them, as signed.' }),
  brokenAt: z
    .number()
    .nullable()
    .meta({ description: 'The first record that is not right; null where none is named.' }),
  faults: z.array(
    z.object({
      kind: z.enum(EVIDENCE_FAULTS),
      record: z.number().nullable(),
      what: z.string().meta({ description: 'File or records that it is about.' }),
      reason: z.string(),
    }),
  ),
  moreFaults: z.number().meta({ description: 'Faults that are not listed.' }),
});
const reply = z.object({ chains: z.array(verifiedChain) });

/** How it stands with a chain of evidence. */
export type VerifiedChain = z.infer<typeof verifiedChain>;

/** What the routes ask. */
export interface VerificationPort {
  /** How it stands with the chains of these owners. */
  of(sees: (tenant: TenantId) => boolean): VerifiedChain[];
  /** Begins what is not under way and was not done a moment ago. @returns as `of` */
  begin(sees: (tenant: TenantId) => boolean): VerifiedChain[];
}

const PATH = '/api/v1/evidence-verification';

/** `GET` says whether the chains of evidence are unchanged, as far as is known; `POST` has it found out. */
export function verificationRoutes(verifications: VerificationPort): readonly HttpRoute[] {
  return [
    apiRoute({
      path: PATH,
      openTo: 'tenants',
      summary: 'Whether the chains of evidence are unchanged, and when that was found out',
      reply,
      handle: ({ viewer }) => ({ chains: verifications.of(seenBy(viewer)) }),
    }),
    apiRoute({
      path: PATH,
      method: 'POST',
      openTo: 'tenants',
      // it reads, one chain at a time and at most once a minute
      changes: false,
      summary: 'Verifies the chains of evidence, unless that is under way or was done within a minute',
      reply,
      handle: ({ viewer }) => ({ chains: verifications.begin(seenBy(viewer)) }),
    }),
  ];
}

const seenBy =
  ({ kind, tenant }: Viewer) =>
  (owner: TenantId): boolean =>
    kind === 'operator' || (kind === 'tenant' && owner === tenant);
