// One of the programs of a stampede: told a key, it asks for it 100 times at once and answers how often it had to compute.
import { contenders } from './contenders.js';
import { values } from './workloads.js';

const CALLERS = 100;
/** What a query takes. */
const LOAD_MS = 5;

const [name, port, prefix = ''] = process.argv.slice(2);
const contender = (await contenders()).find((one) => one.name === name);
if (contender === undefined) throw new Error(`no contender is called ${name}`);
const cache = await contender.openShared(Number(port), prefix);

process.on('message', async (key: string) => {
  let loads = 0;
  const load = async () => {
    loads++;
    await new Promise((resolve) => setTimeout(resolve, LOAD_MS));
    return values[0];
  };
  await Promise.all(Array.from({ length: CALLERS }, () => cache.getOrSet(key, load)));
  process.send?.(loads);
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
