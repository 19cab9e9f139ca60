// `npm run -s bench -- NAME`: set up, then run one benchmark (or list them).
import { ensureReady } from './setup.mjs';

await ensureReady({ forDevelopment: true });
await import('../dist/bench/main.js');
