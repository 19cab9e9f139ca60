import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('the flow of Node-RED');

interface Node {
  readonly id: string;
  readonly type: string;
  readonly topic?: string;
  readonly broker?: string;
  readonly func?: string;
  readonly wires?: readonly (readonly string[])[];
}
interface Message {
  readonly topic: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the flow makes of it is what is looked at
  payload: any;
}

const flow = JSON.parse(readFileSync('docs/fleet/node-red-flow.json', 'utf8')) as Node[];
const node = (id: string): Node => flow.find((one) => one.id === id)!;

/** The first message of a topic that docs/mqtt.md shows. */
function shown(topic: string): Message {
  const [, , payload] = new RegExp(`^(${topic}) (\\{.*\\})$`, 'm').exec(readFileSync('docs/mqtt.md', 'utf8'))!;
  return { topic, payload };
}

/** What Node-RED does with the function of a node; its context is kept from call to call. */
function running(id: string): (message: Message) => Message | null {
  const kept = new Map<string, unknown>();
  const work = new Function('msg', 'context', node(id).func!);
  return (message) => work({ ...message }, kept);
}

test('its wires lead somewhere, and all of it is at one broker', () => {
  for (const { id, wires = [], broker } of flow) {
    for (const to of wires.flat()) assert.ok(node(to) !== undefined, `${id} leads to ${to}`);
    if (broker !== undefined && id !== 'edge-broker') assert.is(broker, 'edge-broker');
  }
});

test('an alert is told as a sentence, and when it is over', () => {
  const say = running('alert-line');
  const alert = shown('edge/v1/demo/cabinet7/alert/camera-lost');
  assert.match(say(alert)!.payload, /^demo\/cabinet7: warning: no usable pictures from north .*\. Check the camera/);
  assert.is(say({ ...alert, payload: '' })!.payload, 'demo/cabinet7: over: camera-lost');
});

test('vehicles are added up by class, and a message that comes twice is counted once', () => {
  const count = running('vehicles');
  const traffic = shown('edge/v1/demo/cabinet7/traffic/north');
  assert.equal(count(traffic)!.payload, {
    site: 'demo',
    device: 'cabinet7',
    camera: 'north',
    from: '2023-11-15T10:00:00.000Z',
    minutes: 5,
    classes: { car: 78, truck: 3, bus: 1 },
  });
  assert.is(count(traffic), null);
});

test('the answer to a command is told, also one that says no', () => {
  const say = running('answer');
  const answer = shown('edge/v1/demo/cabinet7/cmd/ping/result');
  assert.match(say(answer)!.payload, /^demo\/cabinet7: ping: \{"uptimeS":3600/);
  const refused = { command: 'pause', id: 2, ok: false, error: 'no such camera' };
  assert.match(say({ ...answer, payload: JSON.stringify(refused) })!.payload, /: pause: no such camera$/);
});

test.run();
