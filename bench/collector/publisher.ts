import { connect, type Socket } from 'node:net';

/*
 * What a fleet sends, from one process over some connections, at QoS 1, as bytes of MQTT 3.1.1: `node publisher.js PORT DEVICES`.
 * The parent says how many messages may have been sent by now; the births of all devices come first.
 */
const [port, devices] = process.argv.slice(2).map(Number) as [number, number];
const CONNECTIONS = 8;
const WRITE_AT_ONCE = 200;
const METRICS = Array.from({ length: 40 }, (_, index) => ({ name: `metric_${index}.north`, unit: 'ms' }));
const startedAt = Date.now();

interface Device {
  readonly prefix: string;
  readonly stream: string;
  readonly boot: string;
  seq: number;
  n: number;
  turn: number;
}

const fleet: Device[] = Array.from({ length: devices }, (_, index) => ({
  prefix: `edge/v1/site-${index % 20}/cabinet-${index}`,
  stream: (0x10_0000_0000 + index).toString(16).padStart(12, '0').slice(-12),
  boot: index.toString(36).padStart(8, '0'),
  seq: 0,
  n: 0,
  turn: index,
}));

const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, (_, index) => opened(index)));
let sent = 0;
let allowed = 0;
let packetId = 0;
let isSending = false;
process.on('message', (upTo: number) => {
  allowed = Math.max(allowed, upTo);
  void send();
});
process.on('disconnect', () => process.exit());
process.send!({ ready: true });

async function send(): Promise<void> {
  if (isSending) return;
  isSending = true;
  while (sent < allowed) {
    const most = Math.min(WRITE_AT_ONCE, allowed - sent);
    const packets = new Map<Socket, Buffer[]>();
    for (let count = 0; count < most; count++, sent++) {
      const index = sent % devices;
      const socket = sockets[index % CONNECTIONS]!;
      const list = packets.get(socket) ?? [];
      list.push(sent < devices ? birth(fleet[index]!) : message(fleet[index]!));
      packets.set(socket, list);
    }
    for (const [socket, list] of packets) {
      if (!socket.write(Buffer.concat(list))) await new Promise((resolve) => socket.once('drain', resolve));
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  isSending = false;
}

function birth(device: Device): Buffer {
  const about = {
    version: '0.1.0',
    model: 'roadside-n',
    variant: 'int8-fused-416x256',
    provider: 'cpu',
    metrics: METRICS,
  };
  const head = { online: true, bdSeq: startedAt * 1000, ts: Date.now(), seq: device.seq++, boot: device.boot };
  return packet(`${device.prefix}/status`, JSON.stringify({ ...head, ...about }));
}

/** Of seven messages four are events, two live metrics and one counts. */
function message(device: Device): Buffer {
  const ts = Date.now();
  const turn = device.turn++ % 7;
  const head = `{"seq":${device.seq++},"ts":${ts},"boot":"${device.boot}",`;
  if (turn === 2 || turn === 5) {
    const values = `"values":{"fps_inferred.north":${turn + 0.5},"vehicles.north":${device.seq % 9},"stage_p95.north.infer":12.25}}`;
    return packet(`${device.prefix}/metrics`, head + values);
  }
  const numbered = `${head}"stream":"${device.stream}","n":${++device.n},"camera":"north",`;
  if (turn === 6) {
    const lines = '{"gate":{"outbound":{"car":41,"truck":3},"inbound":{"car":37,"bus":1}}}';
    const totals = `{"lines":{"gate":{"since":1695000000000,"crossed":{"outbound":${device.n},"inbound":598771}}}}`;
    // an interval of its own each
    const from = startedAt + device.n * 300_000;
    return packet(
      `${device.prefix}/traffic/north`,
      `${numbered}"from":${from},"intervalS":300,"coverage":0.998,"lines":${lines},"zones":{},"totals":${totals}}`,
    );
  }
  return packet(
    `${device.prefix}/event/north`,
    `${numbered}"kind":"crossed","line":"gate","direction":"inbound","total":${device.n},"capturedAt":${ts - 14},"vehicle":{"trackId":${device.n},"class":"bus"}}`,
  );
}

function packet(topic: string, payload: string): Buffer {
  const topicBytes = Buffer.byteLength(topic);
  let rest = 2 + topicBytes + 2 + Buffer.byteLength(payload);
  const lengths: number[] = [];
  do {
    const more = rest >= 128;
    lengths.push((rest % 128) | (more ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  packetId = (packetId % 65_535) + 1;
  const head = Buffer.from([0x32, ...lengths, topicBytes >> 8, topicBytes & 255]);
  return Buffer.concat([head, Buffer.from(topic), Buffer.from([packetId >> 8, packetId & 255]), Buffer.from(payload)]);
}

/** A connection that the broker accepted; what it acknowledges is read and forgotten. */
function opened(index: number): Promise<Socket> {
  const id = Buffer.from(`publisher-${index}`);
  const variable = Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 0, id.length >> 8, id.length & 255]);
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    socket.once('error', reject);
    socket.write(Buffer.concat([Buffer.from([0x10, variable.length + id.length]), variable, id]));
    socket.once('data', () => {
      socket.resume();
      resolve(socket);
    });
  });
}
