// `node --import` it before a test file: one that failed may have left a broker, a server or a connection open, and waits for
// them for ever. Ends it a moment after its last test, as the process itself would end, so that its children and folders go too.
import { isMainThread } from 'node:worker_threads';

const GRACE_MS = 3000;

// what a test starts inherits it
if (isMainThread && process.argv[1]?.endsWith('.test.js')) {
  let failedAt = null;
  const look = () => {
    // uvu says so after the last test
    if (process.exitCode !== 1) return;
    failedAt ??= performance.now();
    if (performance.now() - failedAt < GRACE_MS) return;
    console.error(`ended: a test failed and left something open (${process.getActiveResourcesInfo().join(', ')})`);
    process.exit();
  };
  setInterval(look, 250).unref();
}
