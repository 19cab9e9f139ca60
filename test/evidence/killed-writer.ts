import { someChain, someDraft, somePictures } from './chains.js';
import { watchDisk } from './disk-operations.js';

// writes records, of which a few have room, and kills itself with an operation of the disk: node killed-writer.js FOLDER OPERATIONS
const [at, operations] = [process.argv[2]!, Number(process.argv[3])];
let left = operations;
watchDisk(() => {
  // after it was begun, which happens in the same turn
  if (--left === 0) queueMicrotask(() => process.kill(process.pid, 'SIGKILL'));
});
const chain = await someChain(at, { bounds: { maxBytes: 150_000, keepMs: 86_400_000 } });
for (let mark = 0; ; mark = (mark + 1) % 250) {
  await chain.append(someDraft(), somePictures(mark, 20_000));
  process.stdout.write(`${JSON.stringify({ n: chain.head.n, hash: chain.head.hash })}\n`);
}
