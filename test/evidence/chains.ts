import { join } from 'node:path';
import { type ChainOptions, EvidenceChain } from '../../src/evidence/chain/chain.js';
import { evidenceKey } from '../../src/evidence/chain/evidence-key.js';
import { openEvidence } from '../../src/evidence/chain/evidence-source.js';
import type { NewPicture } from '../../src/evidence/chain/new-record.js';
import type { EvidenceDraft } from '../../src/evidence/chain/record.js';
import { type EvidenceVerification, type VerifyOptions, verifyEvidence } from '../../src/evidence/chain/verify.js';

/** A record of something that happened. */
export function someDraft(camera = 'north'): EvidenceDraft {
  return {
    site: 'demo',
    device: 'cabinet',
    tenant: null,
    camera,
    event: { kind: 'crossed', frame: 17, capturedAt: 1_764_000_000_000, line: 'stop-line', direction: 'northbound' },
    vehicle: { track: 5, class: 'car', score: 0.91, box: [10.5, 20, 60, 70.1] },
    still: null,
    answer: { model: 'roadside-n', variant: 'int8', provider: 'cpu', origin: 'inferred', ageMs: 0 },
    source: { width: 640, height: 360 },
    lines: [{ id: 'stop-line', from: [0, 0.5], to: [1, 0.5] }],
    zones: [],
    privacy: { persons: 'blurred', found: 0, masks: 0 },
    program: '0.1.0',
  };
}

/** Two pictures, whose bytes tell which record they are of. */
export function somePictures(mark: number, bytes = 2000): NewPicture[] {
  const common = { width: 64, height: 48, frame: 17, capturedAt: 1_764_000_000_000, format: 'jpg' as const };
  return [
    { ...common, role: 'context', data: new Uint8Array(bytes).fill(mark) },
    { ...common, role: 'crop', data: new Uint8Array(bytes / 2).fill(mark + 1) },
  ];
}

/** The chain in `<at>/evidence`, with the key of `at`. */
export async function someChain(at: string, options: Partial<ChainOptions> = {}): Promise<EvidenceChain> {
  return EvidenceChain.open({
    folder: join(at, 'evidence'),
    key: await evidenceKey(at),
    bounds: { maxBytes: 2 ** 30, keepMs: 30 * 86_400_000 },
    now: Date.now,
    ...options,
  });
}

/** A chain of so many records, closed. @returns its folder */
export async function writtenChain(at: string, records: number): Promise<string> {
  const chain = await someChain(at);
  for (let n = 1; n <= records; n++) await chain.append(someDraft(), somePictures(n));
  await chain.close();
  return chain.folder;
}

export async function verified(folder: string, options: VerifyOptions = {}): Promise<EvidenceVerification> {
  const source = await openEvidence(folder);
  try {
    return await verifyEvidence(source, options);
  } finally {
    await source.close();
  }
}

/** Each fault as `kind what`. */
export async function faultsOf(folder: string, options: VerifyOptions = {}): Promise<string[]> {
  return (await verified(folder, options)).faults.map(({ kind, what }) => `${kind} ${what}`);
}
