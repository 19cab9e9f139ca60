import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder, writeWhole } from '../../foundation/private-files.js';
import { scopeFolder, type TenantId } from '../../foundation/scope.js';
import { readSigned } from './chain-files.js';
import { HEAD } from './layout.js';
import { type ChainHead, chainHead } from './record.js';
import { fileOf, type SignedLines } from './signed-text.js';

/** Where the device keeps heads of chains besides the chains themselves: whoever may write the evidence need not be able to write here. */
export function headsFolder(store: string, tenant: TenantId): string {
  return scopeFolder({ tenant }, join(store, 'evidence-heads'));
}

/** The head that was remembered last, and those that a chain was found not to have; none where none can be read. @throws the file system's error */
export async function rememberedHeads(folder: string): Promise<ChainHead[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const heads = names.filter((name) => name.startsWith(HEAD) && !name.endsWith('.part')).sort();
  const found = await Promise.all(heads.map((name) => readSigned(join(folder, name), chainHead)));
  return found.flatMap((one) => one?.value ?? []);
}

/** Keeps the head of a chain outside of its folder, one after the other; one that the chain does not have stays beside it, as `head-CHAIN-NUMBER`. */
export class HeadMemory {
  readonly #folder: string;
  #turn: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Holds a chain that was opened against what is remembered.
   *
   * @param hashOf of a record of it; null where it is not there, undefined where retention removed it
   * @returns what is wrong, for people; null where nothing is
   * @throws the file system's error
   */
  async compare(head: ChainHead, hashOf: (n: number) => string | null | undefined): Promise<string | null> {
    makePrivateFolder(this.#folder);
    const remembered = (await readSigned(join(this.#folder, HEAD), chainHead))?.value ?? null;
    if (remembered === null || remembered.n === 0) return null;
    const fault = faultOf(remembered, head, hashOf);
    const { chain, n } = remembered;
    // the next head takes its place: what was found is to be found by a verification as well
    if (fault !== null) await rename(join(this.#folder, HEAD), join(this.#folder, `${HEAD}-${chain}-${n}`));
    return fault;
  }

  /** Remembers a head, after those before it; not forced onto the medium, where the chain itself is. @throws the file system's error */
  remember(text: SignedLines): Promise<void> {
    const done = this.#turn.then(() => writeWhole(join(this.#folder, HEAD), fileOf(text), { durable: false }));
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function faultOf(
  { chain, n, hash }: ChainHead,
  head: ChainHead,
  hashOf: (n: number) => string | null | undefined,
): string | null {
  if (chain !== head.chain)
    return `the chain ${chain} is not there, of which ${n} records were written; ${head.chain} took its place`;
  if (n > head.n) return `record ${n} was written, and the chain ends with record ${head.n}`;
  const found = hashOf(n);
  return found === undefined || found === hash ? null : `record ${n} is another than the one that was written`;
}
