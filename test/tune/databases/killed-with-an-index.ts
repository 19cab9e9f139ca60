import { TunedOutbox } from './tuned-outbox.js';

// a program that is killed while it tries an index; it says what stood before
const outbox = new TunedOutbox(process.argv[2]!);
process.stdout.write(JSON.stringify(outbox.state()));
await outbox.engine.start();
await outbox.until(() => outbox.engine.underWay.length > 0 && outbox.indexes.length > 1);
process.kill(process.pid, 'SIGKILL');
