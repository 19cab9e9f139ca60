import type { Alert, AlertDeclaration } from '../foundation/alert-declaration.js';
import type { UnusualCamera, UnusualCause } from './unusual-cause.js';

/** One alert for all cameras of an owner, which names them. */
export const UNUSUAL_TRAFFIC: AlertDeclaration = {
  code: 'unusual-traffic',
  severities: ['info', 'warning'],
  help: 'For two hours or more, far fewer or far more vehicles came than the forecast of these hours allows, with what is likely behind it. `info` where it is less at nearly all cameras, or more. Cleared two usual hours later, or after two weeks, when it is the usual.',
  action:
    'Look at the live view of the camera that is named: is the road closed, is a lane, does the camera see all of it?',
};

/** Cameras that are told with their figures. */
const MOST_TOLD = 3;

const CAUSES: Readonly<Record<UnusualCause, string>> = {
  lane: 'the rest of the camera is as usual: likely a closed lane or direction; look at the live view',
  upstream:
    'on all its lines: likely an incident or a closure upstream, or the camera was moved or is covered; look at the live view',
  camera: 'mend the camera first, this may be no traffic at all',
  everywhere: 'likely a holiday or a closure of the area; nothing is to be done where one is known',
  crowd: 'likely an event or a diversion; look whether another road is closed',
};

/** What is said of the cameras; null where none is unusual. */
export function unusualAlert(cameras: readonly UnusualCamera[]): Alert | null {
  const everywhere = cameras.filter(({ cause }) => cause === 'everywhere');
  const single = cameras.filter(({ cause }) => cause !== 'everywhere');
  const first = single[0] ?? everywhere[0];
  if (first === undefined) return null;
  const sentences = single.slice(0, MOST_TOLD).map(sentence);
  if (single.length > MOST_TOLD) {
    const others = single.slice(MOST_TOLD).map(({ camera }) => camera);
    sentences.push(`also at ${others.join(', ')}`);
  }
  if (everywhere.length > 0) sentences.unshift(everywhereSentence(everywhere));
  const isInfo = cameras.every(({ cause }) => cause === 'everywhere' || cause === 'crowd');
  const { counted, expected } = first.places[0]!.last;
  return {
    severity: isInfo ? 'info' : 'warning',
    message: sentences.join('; '),
    ...(counted === null ? {} : { value: counted }),
    expected: Math.round(expected),
    unit: 'vehicles/h',
  };
}

function sentence({ camera, deviation, since, places, fault, cause }: UnusualCamera): string {
  const [first, ...more] = places;
  const { place, direction, last } = first!;
  const also = more.length === 0 ? '' : ` and at ${more.length} more of its lines and zones`;
  const blamed = fault === null ? '' : `${fault}; `;
  return `${camera}: far ${deviation === 'less' ? 'fewer' : 'more'} vehicles than usual since ${isoMinute(since)} at ${place} (${direction})${also}: ${hourWords(last)}; ${blamed}${CAUSES[cause]}`;
}

function everywhereSentence(cameras: readonly UnusualCamera[]): string {
  const since = Math.min(...cameras.map((each) => each.since));
  const { camera, places } = cameras[0]!;
  return `far fewer vehicles than usual since ${isoMinute(since)} at nearly all cameras (${cameras.map((each) => each.camera).join(', ')}), at ${camera} ${hourWords(places[0]!.last)}; ${CAUSES.everywhere}`;
}

function hourWords({ counted, low, high }: UnusualCamera['places'][number]['last']): string {
  const seen = counted === null ? 'the last hour was not seen' : `${Math.round(counted)} in the last hour`;
  return low === null || high === null ? seen : `${seen}, ${low} to ${high} expected`;
}

const isoMinute = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}Z`;
