import { connect } from 'mqtt';
import type { DeviceJob, DeviceNews } from './device.js';
import { Ledger } from './ledger.js';
import { Pace } from './pace.js';

/*
 * The rival of bench/outage.ts: MQTT.js as it comes, which keeps what it cannot send in memory (Frigate's client, paho, drops it
 * at once). The same messages, the same ledger, the same kills.
 */

const job = JSON.parse(process.argv[2]!) as DeviceJob;
const ledger = new Ledger(job.ledger);
let handed = ledger.read().handed;
let waiting = 0;
const client = connect(job.broker, { reconnectPeriod: 100, clientId: 'rival', clean: false });
client.on('error', () => undefined);

const pace = new Pace(job);
setInterval(() => {
  const count = pace.take(handed, performance.now());
  if (count === 0) return;
  const from = handed + 1;
  ledger.handing(handed + count);
  for (let id = from; id < from + count; id++) {
    handed = id;
    waiting++;
    client.publish(
      'edge/v1/bench/rival/event/north',
      JSON.stringify({ frame: id, kind: 'crossed' }),
      { qos: 1 },
      () => {
        waiting--;
      },
    );
  }
  ledger.accepted(from, handed);
}, 20);
setInterval(() => {
  const news: DeviceNews = { handed, waiting, inFlight: 0, state: 'open', held: 0, connected: client.connected };
  process.send?.(news);
}, 100);
process.once('SIGTERM', () => client.end(false, () => process.exit(0)));
