import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithTests } from '../../temporary.js';

/** What a program is told to do with its cache. */
export type Order =
  | { what: 'get' | 'delete'; key: string }
  | { what: 'set'; key: string; value: unknown; tags?: string[] }
  | { what: 'compute'; key: string; value: unknown; takesMs: number; callers?: number; tags?: string[] }
  | { what: 'invalidate'; tags: string[] }
  | { what: 'block'; ms: number }
  | { what: 'clear' | 'computed' | 'stats' };

export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Another program with a shared cache. */
export interface Program {
  tell<T>(order: Order): Promise<T>;
  /** Without a goodbye. */
  kill(): Promise<void>;
}

const SCRIPT = fileURLToPath(new URL('program.js', import.meta.url));

/** @param lease ms */
export async function startProgram(url: string, prefix: string, lease = 5000): Promise<Program> {
  const child = endWithTests(fork(SCRIPT, [url, prefix, String(lease)]));
  const waiting = new Map<number, (answer: Answer) => void>();
  let ids = 0;
  child.on('message', (answer: Answer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  await new Promise((resolve) => waiting.set(0, resolve));
  return {
    tell: async <T>(order: Order): Promise<T> => {
      const id = ++ids;
      const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve));
      child.send({ id, order });
      const { value, error } = await answered;
      if (error !== undefined) throw new Error(error);
      return value as T;
    },
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
