import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVIDENCE_KEY } from '../../src/evidence/chain/evidence-key.js';
import type { ChainHead } from '../../src/evidence/chain/record.js';
import { endWithTests, temporaryFolder } from '../temporary.js';
import { faultsOf, someChain, someDraft, somePictures } from './chains.js';
import { LosablePower, restore } from './lost-power.js';

const dir = temporaryFolder('evidence-interrupted');
const WRITER = fileURLToPath(new URL('./killed-writer.js', import.meta.url));
/** Of the disk, after which the writer is killed: while it opens, in pictures, record, head, anchor and removals of its first records. */
const OPERATIONS = [9, 24, 31, 38, 45, 52, 59, 66, 76, 86, 96, 106];

type Told = Pick<ChainHead, 'n' | 'hash'>;

/** Writes until it is killed. @returns the last record that it told was written; null where it told none */
async function killedAfter(at: string, operations: number): Promise<Told | null> {
  const args = [WRITER, at, String(operations)];
  const child = endWithTests(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
  let told = '';
  child.stdout.on('data', (text: Buffer) => {
    told += text;
  });
  const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)));
  assert.is(signal, 'SIGKILL');
  const last = told.split('\n').at(-2);
  return last === undefined ? null : (JSON.parse(last) as Told);
}

test('killed at any operation of the disk, the chain verifies before and after a restart, and has all that it told of', async () => {
  const at = join(dir, 'killed');
  const before = await someChain(at);
  const { folder } = before;
  for (let n = 1; n <= 3; n++) await before.append(someDraft(), somePictures(n, 20_000));
  await before.close();
  let told: Told = before.head;
  for (const operations of OPERATIONS) {
    told = (await killedAfter(at, operations)) ?? told;
    const known = [{ n: told.n, hash: told.hash, by: 'the writer' }];
    assert.equal(await faultsOf(folder, { known }), [], `after ${operations} operations`);
  }
  const chain = await someChain(at);
  assert.equal(chain.faults, []);
  assert.ok(chain.head.n >= told.n && told.n > 8, `${chain.head.n} of ${told.n} records`);
  await chain.append(someDraft(), somePictures(1));
  assert.equal(await faultsOf(folder), []);
  const parts = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith('.part'));
  assert.equal(parts, []);
});

test('whatever a power cut leaves on the medium, no record that was written is lost, and nothing is called a fault', async () => {
  const at = join(dir, 'power');
  const bounds = { maxBytes: 15_000, keepMs: 86_400_000 };
  const chain = await someChain(at, { bounds });
  const power = new LosablePower(chain.folder);
  await power.during(async () => {
    for (let n = 1; n <= 2; n++) {
      await chain.append(someDraft(), somePictures(n, 200));
      power.promise({ n: chain.head.n, hash: chain.head.hash });
    }
  });
  assert.is(chain.counts.quota, 1, 'retention was at work');
  assert.ok(power.cuts.length > 50, `${power.cuts.length} different cuts`);
  for (const [number, cut] of power.cuts.entries()) {
    const again = join(dir, `cut-${number}`);
    mkdirSync(again);
    cpSync(join(at, EVIDENCE_KEY), join(again, EVIDENCE_KEY));
    restore(cut, join(again, 'evidence'));
    const found = await someChain(again, { bounds });
    const told = (cut.promised ?? { n: 0, hash: '' }) as Told;
    const known = told.n === 0 ? [] : [{ ...told, by: 'the program' }];
    const names = [...cut.names.keys()].join(' ');
    assert.equal([found.faults, await faultsOf(found.folder, { known })], [[], []], `${told.n} of ${names}`);
  }
});

test.run();
