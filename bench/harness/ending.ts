import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { explain } from '../../src/foundation/errors.js';
import { makeFolderOfProcess } from '../../src/foundation/remains.js';

/** What asks a program to end, and what it exits with then: 128 and the signal's number. */
const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

/** In the order in which they came. */
const endings = new Set<() => void>();
let isWatching = false;

/**
 * Has something done when this process ends, by itself or because a signal asks it to. What came last is done first: a program ends before
 * the folder that it writes into is removed. One that fails keeps nothing else from being done.
 *
 * A signal is heard between two turns of the event loop only: what computes for minutes in one turn leaves signals as they are.
 *
 * @param end without waiting for anything
 * @returns to be called where it is not to be done any more
 */
export function whenEnding(end: () => void): () => void {
  watch();
  endings.add(end);
  return () => void endings.delete(end);
}

/** A child that does not outlive this process. */
export function endWithBench<Child extends ChildProcess>(child: Child): Child {
  child.once(
    'exit',
    whenEnding(() => child.kill('SIGKILL')),
  );
  return child;
}

/** An empty folder, removed when this process ends; what killed runs of that name left goes too, once it is a day old. */
export function scratchFolder(name: string): string {
  const folder = makeFolderOfProcess(tmpdir(), `edge-bench-${name}`);
  // a program that was killed just now may still have made a file
  whenEnding(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 }));
  return folder;
}

function watch(): void {
  if (isWatching) return;
  isWatching = true;
  process.once('exit', endAll);
  for (const [signal, code] of SIGNALS) process.once(signal, () => process.exit(code));
}

function endAll(): void {
  for (const end of [...endings].reverse()) {
    try {
      end();
    } catch (error) {
      process.stderr.write(`${explain(error)}\n`);
    }
  }
}
