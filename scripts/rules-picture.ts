import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RuledCamera, ruledRoad, SIGNAL } from '../bench/rules/ruled-road.js';
import { CameraEvents } from '../src/events/camera-events.js';
import { SignalStates } from '../src/events/rules/signal-states.js';
import { PROJECT_ROOT } from '../src/foundation/home.js';
import type { Frame } from '../src/frame/frame.js';
import { OFFENCES, type Offence } from '../src/frame/offence.js';
import { parseSimulatorUrl } from '../src/simulator/options.js';
import { Road } from '../src/simulator/road.js';
import type { EventPayload } from '../src/telemetry/mqtt/messages/event.js';
import { answered, Eye, KNOWN_AFTER_MS } from './answering-pictures/answered.js';
import { ORANGE, picture, rect, SKY, svg, text, WHITE, YELLOW } from './answering-pictures/drawing.js';

// `node dist/scripts/rules-picture.js [FOLDER]` makes the picture of docs/rules.md, into docs/ unless told otherwise: lines, zones and
// rules drawn on a simulated road, which is always the same, and a vehicle that broke each of them, where it was told, with its way
const ROAD = 'sim://road?seed=901&fps=8&traffic=mixed&wrongWay=1.5&stopping=2&uTurns=1.5&lorries=0.15&redRunners=0.4';
const SECONDS = 210;
const CLASSES = ['car', 'truck', 'bus', 'motorcycle', 'bicycle', 'person'];
/** A shorter way is hard to see, pixels. */
const LEAST_WAY = 60;
const MAX_BYTES = 150_000;
const COLOURS: Record<Offence, string> = {
  'wrong-way': ORANGE,
  'no-stopping': SKY,
  'class-lane': YELLOW,
  'u-turn': '#cc79a7',
  'red-light': '#ff6b4a',
};

type Told = EventPayload & { kind: 'infraction' };

/** One that was told, in the frame in which it was. */
interface Example {
  readonly told: Told;
  readonly frame: Frame;
}

/** Of each offence the one whose way is the most even, and the frame with the fewest vehicles. */
async function watch(road: Road, camera: RuledCamera): Promise<{ examples: Example[]; quietest: Frame }> {
  const signals = new SignalStates([SIGNAL]);
  const events = new CameraEvents({ camera, classes: CLASSES, maxEventsPerSecond: 1000, signals });
  const examples = new Map<Offence, Example>();
  let quietest: { frame: Frame; vehicles: number } | null = null;
  for await (const { frame, answer, vehicles } of answered(ROAD, SECONDS, await Eye.open(), road)) {
    const { seq, sceneMs, capturedAt: now } = frame;
    if (sceneMs > KNOWN_AFTER_MS && vehicles < (quietest?.vehicles ?? Infinity)) quietest = { frame, vehicles };
    const signal = road.signal(seq);
    if (signal !== null) signals.say(SIGNAL, signal.state, now, now - (sceneMs - signal.sinceMs));
    const result = { ...frame, ...answer, latencyMs: 0, model: '', variant: '', provider: '' };
    for (const told of events.push(result, { sceneMs, now, steady: sceneMs })) {
      if (told.kind !== 'infraction') continue;
      const best = examples.get(told.offence);
      if (best === undefined || unevenness(told) < unevenness(best.told)) examples.set(told.offence, { told, frame });
    }
  }
  const missing = OFFENCES.filter((offence) => !examples.has(offence));
  if (missing.length > 0) throw new Error(`nobody was told of ${missing}: choose another seed`);
  return { examples: [...examples.values()], quietest: quietest!.frame };
}

/** How far a way is from one that is easily followed by eye; one that is taken for another class makes a poor picture, too. */
function unevenness({ offence, path, vehicle }: Told): number {
  const steps = path.slice(1).map(([x, y], i) => Math.hypot(x - path[i]![0], y - path[i]![1]));
  const mean = steps.reduce((sum, step) => sum + step, 0) / Math.max(1, steps.length);
  const isShort = offence !== 'no-stopping' && mean * steps.length < LEAST_WAY;
  const isOther = offence === 'class-lane' && vehicle.class === 'car';
  return Math.max(...steps) / Math.max(0.1, mean) + (path.length < 6 || isShort ? 10 : 0) + (isOther ? 20 : 0);
}

/** A frame with vehicles of others in their places: the camera does not move. */
function together(frame: Frame, examples: readonly Example[]): Frame {
  for (const { told, frame: other } of examples) {
    const [x1, y1, x2, y2] = boxOf(told).map(Math.round) as [number, number, number, number];
    for (let y = Math.max(0, y1); y < Math.min(frame.height, y2); y++) {
      const from = 3 * (y * frame.width + Math.max(0, x1));
      frame.data.set(other.data.subarray(from, 3 * (y * frame.width + Math.min(frame.width, x2))), from);
    }
  }
  return frame;
}

const boxOf = ({ vehicle }: Told) => vehicle.box as [number, number, number, number];

/** Lines and zones as they are configured, and what each is about. */
function drawn({ lines, zones, rules }: RuledCamera, width: number, height: number): string {
  const at = ([x, y]: readonly number[]) => `${(x! * width).toFixed(1)},${(y! * height).toFixed(1)}`;
  const offenceOf = (id: string) => rules.find((rule) => rule.line === id || rule.zone === id)!.offence;
  const areas = zones.map(({ id, polygon }) => {
    const colour = COLOURS[offenceOf(id)];
    return `<polygon points="${polygon.map(at).join(' ')}" fill="${colour}" fill-opacity="0.22" stroke="${colour}" stroke-width="0.8" stroke-dasharray="3 2"/>`;
  });
  const strokes = lines.map(({ id, from, to }) => {
    const points = `${at(from)} ${at(to)}`;
    return `<polyline points="${points}" stroke="#000" stroke-width="2.6"/><polyline points="${points}" stroke="${COLOURS[offenceOf(id)]}" stroke-width="1.6"/>`;
  });
  return [...areas, ...strokes].join('');
}

/** The way of one that broke a rule, with an arrow at its end and the box in which it was told. */
function wayOf(told: Told): string {
  const { offence, path, vehicle } = told;
  const colour = COLOURS[offence];
  const points = path.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  const line = (stroke: string, width: number, more = '') =>
    `<polyline points="${points}" fill="none" stroke="${stroke}" stroke-width="${width}" stroke-linejoin="round" ${more}/>`;
  const box = boxOf(told);
  const words = `${offence}: ${vehicle.class}`;
  return [
    rect(box, '#000', 'stroke-width="2.4"'),
    rect(box, colour, 'stroke-width="1.2"'),
    line('#000', 3),
    line(colour, 1.6, `marker-end="url(#${offence})"`),
    text(box[0], Math.max(1, box[1] - 10), words, colour),
  ].join('');
}

const arrow = (offence: Offence) =>
  `<marker id="${offence}" viewBox="0 0 6 6" refX="3" refY="3" markerWidth="4" markerHeight="4" orient="auto"><path d="M0,0 L6,3 L0,6 z" fill="${COLOURS[offence]}" stroke="#000" stroke-width="0.4"/></marker>`;

const road = new Road(parseSimulatorUrl(ROAD));
const camera = ruledRoad(road);
const { examples, quietest } = await watch(road, camera);
const frame = together(quietest, examples);
const { width, height } = frame;
const overlay = [
  `<defs>${OFFENCES.map(arrow).join('')}</defs>`,
  `<g fill="none">${drawn(camera, width, height)}</g>`,
  ...examples.map(({ told }) => wayOf(told)),
  text(4, 4, 'lines, zones dashed, and who was told, with its way', WHITE),
].join('');
const content = await picture(frame, svg(width, height, overlay));
if (content.length > MAX_BYTES) throw new Error(`${content.length} bytes, more than ${MAX_BYTES}`);
writeFileSync(join(process.argv[2] ?? join(PROJECT_ROOT, 'docs'), 'rules.jpg'), content);
