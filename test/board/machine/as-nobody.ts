// Started by permission.test.ts: reads a tree as a user whom permissions bind, and tells on stdout why each reading is missing.
import { Machine } from '../../../src/board/machine/machine.js';
import { QUANTITIES } from '../../../src/board/machine/sensors/sensor.js';

// nobody may not be able to read the folder that the program lies in: all of it is loaded by now
process.setgroups?.([]);
process.setgid?.(65534);
process.setuid?.(65534);
let now = 0;
const machine = new Machine({
  root: process.argv[2]!,
  clock: { now: () => now, unixNow: () => now },
  intervalMs: 1000,
  places: {},
  onFailure: (reader, error) => console.log(`${reader}: ${error}`),
  onClockJump: () => undefined,
});
for (; now < 3000; now += 1000) await machine.read();
const missing = QUANTITIES.flatMap((quantity) => [...machine.sensors.of(quantity)]).map(
  ({ quantity, name, value, missing }) => [`${quantity} ${name}`, value ?? missing],
);
console.log(JSON.stringify({ ...Object.fromEntries(missing), watts: machine.watts }));
machine.close();
