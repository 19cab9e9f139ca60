import { measureFsync } from '../../../store/fsync-latency.js';

/*
 * A process of its own: in that of the diagnosis a write seems to take as long as whatever else is being looked at. Its arguments are
 * the folder, and the ms after which no further write begins; it prints one line of JSON.
 */

const [folder, ms] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await measureFsync(folder!, AbortSignal.timeout(Number(ms))))}\n`);
