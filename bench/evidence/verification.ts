import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEvidence } from '../../src/evidence/chain/evidence-source.js';
import { verifyEvidence } from '../../src/evidence/chain/verify.js';
import { someChain, someDraft, somePictures } from '../../test/evidence/chains.js';

/** What it takes to write so many records, and to verify them all. */
export interface Verified {
  readonly writtenS: number;
  readonly verifiedS: number;
  /** Records that were found right. */
  readonly right: number;
}

const PICTURE_BYTES = 20_000;

/** Each with a picture of 20 kB and one of 10 kB. */
export async function verifiedChain(folder: string, records: number): Promise<Verified> {
  const began = performance.now();
  const chain = await someChain(folder);
  for (let n = 0; n < records; n++) await chain.append(someDraft(), somePictures(n % 250, PICTURE_BYTES));
  await chain.close();
  const written = performance.now();
  const source = await openEvidence(chain.folder);
  const { faults, records: right } = await verifyEvidence(source);
  await source.close();
  if (faults.length > 0) throw new Error(`a chain that nobody touched has faults: ${JSON.stringify(faults[0])}`);
  return { writtenS: (written - began) / 1000, verifiedS: (performance.now() - written) / 1000, right };
}

/** The same pictures with a list of their SHA-256: whether each is as the list says, which whoever may write can write as well. */
export async function verifiedList(folder: string, records: number): Promise<Verified> {
  const list = join(folder, 'sha256.txt');
  mkdirSync(folder, { recursive: true });
  const began = performance.now();
  for (let n = 0; n < records; n++) {
    for (const { role, data } of somePictures(n % 250, PICTURE_BYTES)) {
      const name = `${n}-${role}.jpg`;
      await writeFile(join(folder, name), data);
      await appendFile(list, `${createHash('sha256').update(data).digest('hex')}  ${name}\n`);
    }
  }
  const written = performance.now();
  let right = 0;
  for (const line of (await readFile(list, 'utf8')).trimEnd().split('\n')) {
    const [sha256, name = ''] = line.split('  ');
    if (
      createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex') === sha256
    )
      right += 0.5;
  }
  return { writtenS: (written - began) / 1000, verifiedS: (performance.now() - written) / 1000, right };
}
