// `npm start`: set up, then run with a broker inside the process and, unless cameras are named, a simulated one.
import { fileURLToPath } from 'node:url';
import { ensureReady } from './setup.mjs';

await ensureReady();
const given = process.argv.slice(2);
const names = (flag, short) =>
  given.some((arg) => arg === flag || arg.startsWith(`${flag}=`) || (short && /^-[^-]/.test(arg) && arg[1] === short));
const configured = names('--config', 'c');
const demo = fileURLToPath(new URL('demo-site.yaml', import.meta.url));
const cameras = names('--source', 's') || configured ? [] : ['--config', demo];
const broker = names('--broker') || configured ? [] : ['--broker', 'embedded'];
process.argv.splice(2, given.length, 'run', ...broker, ...cameras, ...given);
await import('../dist/src/main.js');
