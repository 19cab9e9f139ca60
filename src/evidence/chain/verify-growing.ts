import type { EvidenceChain } from './chain.js';
import type { EvidenceFault, EvidenceVerification } from './verify.js';
import { type VerifyTask, verifyInThread } from './verify-in-thread.js';

/** What a verification needs of a chain that is in use. */
export type GrowingChain = Pick<EvidenceChain, 'folder' | 'head' | 'records'>;

const MOST_LOOKS = 4;

/**
 * Verifies a chain that is written meanwhile: what is found while a record came or went may only be half of what is there, so it is looked
 * at again, and told where it is found each time.
 *
 * @param key as `evidence key` prints it: what lies with the evidence is not believed
 * @param signal ends it early
 * @throws Error where it cannot be read, and the reason of the signal
 */
export async function verifyGrowing(
  chain: GrowingChain,
  key: string,
  signal: AbortSignal,
  verify: (task: VerifyTask, signal: AbortSignal) => Promise<EvidenceVerification> = verifyInThread,
): Promise<EvidenceVerification> {
  let last: EvidenceVerification | null = null;
  for (let look = 1; ; look++) {
    const before = stateOf(chain);
    const { n, hash } = chain.head;
    const found = await verify(
      { folder: chain.folder, key, ...(n > 0 && { known: [{ n, hash, by: 'the running program' }] }) },
      signal,
    );
    const earlier: readonly EvidenceFault[] = last?.faults ?? found.faults;
    const faults: readonly EvidenceFault[] = found.faults.filter((fault) =>
      earlier.some(({ kind, what }) => kind === fault.kind && what === fault.what),
    );
    last = { ...found, faults };
    if (faults.length === 0 || stateOf(chain) === before || look === MOST_LOOKS) return last;
  }
}

/** Which records there are. */
const stateOf = ({ head, records }: GrowingChain): string => `${records[0]?.n ?? ''} ${records.length} ${head.n}`;
