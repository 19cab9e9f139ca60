// How much of the processors was unused.
import { availableParallelism, cpus } from 'node:os';

/**
 * @returns {() => number} what was unused since the call before, as a number of processors; 0 where that cannot be told: of processors
 *   that are not all this program's nobody knows which share it would get
 */
export function restMeter(read = cpus, own = availableParallelism()) {
  let before = times(read());
  return () => {
    const now = times(read());
    const [idle, all] = [now.idle - before.idle, now.all - before.all];
    before = now;
    return now.count === own && all > 0 ? (idle / all) * own : 0;
  };
}

function times(processors) {
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  return {
    count: processors.length,
    idle: sum(processors.map(({ times: { idle } }) => idle)),
    all: sum(processors.map((processor) => sum(Object.values(processor.times)))),
  };
}
