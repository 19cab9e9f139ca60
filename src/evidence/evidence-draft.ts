import type { CameraConfig } from '../config/config.js';
import type { Scope } from '../foundation/scope.js';
import type { FrameResult } from '../frame/frame-result.js';
import type { EventPayload } from '../telemetry/mqtt/messages/event.js';
import type { EvidenceDraft } from './chain/record.js';
import type { StillCandidate } from './stills/candidates.js';

/** What is known of an event besides its pictures. */
export interface EvidenceFacts {
  readonly scope: Scope;
  readonly camera: Pick<CameraConfig, 'id' | 'lines' | 'zones'>;
  readonly event: EventPayload;
  readonly answer: Pick<FrameResult, 'model' | 'variant' | 'provider'>;
  readonly source: { readonly width: number; readonly height: number };
  readonly best: StillCandidate | null;
  readonly privacy: EvidenceDraft['privacy'];
  /** Version of the program. */
  readonly program: string;
}

/** What an event says beyond what every event says, and what has a place of its own in a record. */
const KNOWN = new Set([
  'kind',
  'frame',
  'capturedAt',
  'vehicle',
  'origin',
  'ageMs',
  'confidence',
  'latencyMs',
  'counts',
]);
const PLACED = ['line', 'direction', 'zone', 'stoodMs', 'rule', 'offence'] as const;

/** A record of an event, before it has its place in a chain. */
export function evidenceDraft(facts: EvidenceFacts): EvidenceDraft {
  const { scope, camera, event, best, privacy, program, answer, source } = facts;
  const { trackId: track, class: vehicleClass, score, box } = event.vehicle;
  return {
    site: scope.site,
    device: scope.device,
    tenant: scope.tenant,
    camera: camera.id,
    event: eventFacts(event),
    // whoever makes events says all of this: only what is published may lack it
    vehicle: { track, class: vehicleClass, score: rounded(score!, 3), box: roundedBox(box!) },
    still: best === null ? null : stillFacts(best),
    answer: { ...answer, origin: event.origin!, ageMs: rounded(event.ageMs!, 1) },
    source,
    lines: camera.lines.map(({ id, from, to }) => ({ id, from: [...from], to: [...to] })),
    zones: camera.zones.map(({ id, polygon }) => ({ id, polygon: polygon.map((corner) => [...corner]) })),
    privacy,
    program,
  };
}

function eventFacts(event: EventPayload): EvidenceDraft['event'] {
  const said = event as unknown as Readonly<Record<string, unknown>>;
  const placed = Object.fromEntries(PLACED.flatMap((name) => (said[name] === undefined ? [] : [[name, said[name]]])));
  const more = Object.entries(said).filter(
    ([name, value]) => !KNOWN.has(name) && !(PLACED as readonly string[]).includes(name) && value !== undefined,
  );
  return {
    kind: event.kind,
    frame: event.frame!,
    capturedAt: event.capturedAt,
    ...placed,
    ...(more.length > 0 && { more: Object.fromEntries(more) as NonNullable<EvidenceDraft['event']['more']> }),
  };
}

function stillFacts(best: StillCandidate): NonNullable<EvidenceDraft['still']> {
  const { box, score, quality, sharpness, hidden, whole, origin, ageMs } = best;
  return {
    box: roundedBox(box),
    score: rounded(score, 3),
    quality: rounded(quality, 3),
    sharpness: rounded(sharpness, 3),
    hidden: rounded(hidden, 3),
    whole,
    origin,
    ageMs: rounded(ageMs, 1),
  };
}

function rounded(value: number, digits: number): number {
  // -0 is 0 in JSON, and would be another value when it is read again
  return Number(value.toFixed(digits)) + 0;
}

function roundedBox([x1, y1, x2, y2]: readonly [number, number, number, number]): [number, number, number, number] {
  return [rounded(x1, 1), rounded(y1, 1), rounded(x2, 1), rounded(y2, 1)];
}
