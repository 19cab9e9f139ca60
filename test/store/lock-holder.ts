// Started by store-lock.test.ts: takes the lock of a folder, says so, and holds it until it is killed.
import { lockStore } from '../../src/store/store-lock.js';

const lock = await lockStore(process.argv[2]!, { patienceMs: 0, signal: new AbortController().signal });
console.log(lock.kind);
setInterval(() => lock, 1e6);
