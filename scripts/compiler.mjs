// The compiler that builds: TypeScript's native one. TypeScript in JavaScript is there besides, for those who ask it questions.
import { existsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';

/** Below it the native compiler checks types on one thread, which takes 2 GiB as TypeScript 5 does, and not 2.6. */
const ROOMY_BYTES = 6 * 2 ** 30;

/**
 * @returns {string[]} what Node runs to compile: where npm has left out the native compiler of this platform, or there is none,
 *   TypeScript 5, which makes the same in three times the time
 */
export function compiler(root, ...args) {
  const modules = join(root, 'node_modules');
  if (!existsSync(join(modules, `@typescript/typescript-${process.platform}-${process.arch}`)))
    return [join(modules, 'typescript/bin/tsc'), ...args];
  const threads = totalmem() < ROOMY_BYTES ? ['--checkers', '1'] : [];
  return [join(modules, '@typescript/native/bin/tsc'), ...args, ...threads];
}
