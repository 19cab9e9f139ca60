// The compiler that builds: TypeScript's native one. TypeScript in JavaScript is there besides, for those who ask it questions.
import { join } from 'node:path';

/** @returns {string[]} what Node runs to compile */
export const compiler = (root, ...args) => [join(root, 'node_modules/@typescript/native/bin/tsc'), ...args];
