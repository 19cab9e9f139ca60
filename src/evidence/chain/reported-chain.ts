import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publicKeyText } from '../../telemetry/commands/keys.js';
import type { ReportedChain } from '../../telemetry/mqtt/messages/daily-report.js';
import type { EvidenceReportPayload } from '../../telemetry/mqtt/messages/evidence.js';
import { findChain, type KeptRecord } from './chain-files.js';
import { PUBLIC_KEY } from './layout.js';
import type { ChainHead } from './record.js';
import type { SignedLines } from './signed-text.js';

/** A chain as far as it is told to others. */
export interface ToldChain {
  readonly head: ChainHead;
  readonly headText: SignedLines;
  readonly records: readonly Pick<KeptRecord, 'at' | 'kind'>[];
  /** `ed25519:…` */
  readonly publicKey: string;
}

/** A time by the clock of the device, Unix ms; up to but without `to`. */
export interface TimeOfDay {
  readonly from: number;
  readonly to: number;
}

/** How far a chain is, for those who keep it elsewhere. */
export function headOf({ head, headText, publicKey }: Omit<ToldChain, 'records'>): EvidenceReportPayload {
  const { n, hash, chain } = head;
  return { chain, record: n, hash, publicKey, ...headText };
}

/** The same, with what was written in a time and is still there. */
export function chainOfDay(told: ToldChain, { from, to }: TimeOfDay): ReportedChain {
  const written = told.records.filter(({ at }) => at >= from && at < to);
  const kinds: Record<string, number> = {};
  for (const { kind } of written) if (kind !== null) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return { ...headOf(told), records: written.length, kinds };
}

/** The same of a folder that another program writes; null where there is no chain in it. @throws the file system's error */
export async function readChainOfDay(folder: string, time: TimeOfDay): Promise<ReportedChain | null> {
  try {
    const { head, records } = await findChain(folder);
    if (head === null) return null;
    const publicKey = publicKeyText(createPublicKey(await readFile(join(folder, PUBLIC_KEY))));
    return chainOfDay({ head: head.value, headText: head.text, records, publicKey }, time);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
