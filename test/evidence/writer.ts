import { setTimeout } from 'node:timers/promises';
import { someChain, someDraft, somePictures } from './chains.js';

// writes records as fast as it can, until it is killed: node writer.js FOLDER
const chain = await someChain(process.argv[2]!);
for (let mark = 0; ; mark = (mark + 1) % 250) {
  await chain.append(someDraft(), somePictures(mark, 20_000));
  process.stdout.write(`${chain.head.n}\n`);
  await setTimeout(0);
}
