import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { makeFolderOfProcess } from '../src/foundation/remains.js';

/** Of a folder that tests left which were killed, before the next run removes it. */
const LEAST_AGE_MS = 600_000;

/** A fresh folder for one test file, removed when its process ends. */
export function temporaryFolder(name: string): string {
  const folder = makeFolderOfProcess(tmpdir(), `edge-${name}`, LEAST_AGE_MS);
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A child that is not to outlive the tests, also where the one that started it failed. */
export function endWithTests<Child extends ChildProcess>(child: Child): Child {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Polls until `condition` holds; fails with `what` after `timeoutMs`. */
export async function eventually(what: string, condition: () => boolean, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`still not after ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What a failure must not leave running: what is put into the list is called, in its order, once the tests of the file are over. */
export function endingsOf(test: { after(hook: () => Promise<void>): void }): (() => Promise<void>)[] {
  const endings: (() => Promise<void>)[] = [];
  test.after(async () => {
    for (const end of endings) await end();
  });
  return endings;
}
