import type { FileIdentity } from '../../store/file-identity.js';
import type { FormerStream, OutboxState, OutboxTable } from '../../store/outbox-table.js';
import type { GivenUpLedger } from './given-up.js';
import type { HeldMessage } from './held-messages.js';
import type { DurableKind, StreamState } from './outbox.js';
import type { Trimmed } from './outbox-trim.js';

/** What one commit changes, which holds once it is committed. */
export interface OutboxCommit {
  stream: string;
  next: number;
  nextId: number;
  former: FormerStream[];
  givenUp: GivenUpLedger;
  counts: Record<DurableKind, number>;
  bytes: number;
  /** With its connection, which is not stored. */
  accepted: { readonly message: HeldMessage; readonly epoch: number }[];
  trimmed: readonly Trimmed[];
  /** Of the file, as it is from this commit on. */
  mark: string;
  fileBytes: number;
  oldestAt: number | null;
}

/**
 * Why a stream does not go on; null where it does. An image of a whole card that was put back shows in nothing but the kernel,
 * so each start of the machine begins another stream.
 *
 * @param mark that was found beside the file
 */
export function whyEnded(state: OutboxState, { inode, machineBoot }: FileIdentity, mark: string): string | null {
  if (inode !== 0 && state.inode !== 0 && inode !== state.inode) return 'file-copied';
  if (state.mark !== '' && state.mark !== mark) return 'file-copied';
  const isKnown = machineBoot !== '' && state.machineBoot !== '';
  if (machineBoot === state.machineBoot && isKnown) return null;
  if (state.clean !== 1) return 'power-cut';
  return isKnown ? 'machine-restarted' : null;
}

/** Former streams first, in their order, then the one that goes on. */
export function streamsIn(table: OutboxTable, { stream, next, former }: OutboxCommit): StreamState[] {
  const low = (name: string, end: number) => table.lowest(name) ?? end;
  return [
    ...former.map((one) => ({ stream: one.stream, low: low(one.stream, one.next), next: one.next, ended: one.ended })),
    { stream, low: low(stream, next), next },
  ];
}
