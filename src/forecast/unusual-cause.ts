import { type JudgedHour, leaningOf, type PlaceState, type TrafficDeviation } from './unusual-traffic.js';

/** One line's direction, or one zone, as it is after the last hour. */
export interface WatchedPlace {
  readonly camera: string;
  /** Of the line or zone. */
  readonly place: string;
  /** Of a line; `entered` of a zone. */
  readonly direction: string;
  readonly state: PlaceState;
  readonly last: JudgedHour | null;
}

/**
 * What is likely behind it. `lane`: less on some lines of a camera only; `upstream`: less on all of them, other cameras are as usual;
 * `camera`: the same, and what the camera shows cannot be believed; `everywhere`: less at nearly all cameras; `crowd`: more.
 */
export type UnusualCause = 'lane' | 'upstream' | 'camera' | 'everywhere' | 'crowd';

/** A camera before which traffic is unusual. */
export interface UnusualCamera {
  readonly camera: string;
  readonly deviation: TrafficDeviation;
  readonly cause: UnusualCause;
  /** Unix ms at which the first unusual hour began. */
  readonly since: number;
  /** The places where it is, the one that misses or has most first. */
  readonly places: readonly (WatchedPlace & { readonly last: JudgedHour })[];
  /** What is wrong with the camera's pictures or the model, in words; null where nothing is. */
  readonly fault: string | null;
}

/** Of the cameras at which less could be told, so many must have less before it is called the same thing everywhere. */
const NEARLY_ALL = 0.8;
const FEWEST_EVERYWHERE = 2;

/**
 * The cameras before which traffic is unusual, and why that is likely so.
 *
 * @param places of all cameras of one owner: what is not seen of others says nothing
 * @param faults by camera: what plausibility finds wrong with it now, in words
 */
export function unusualCameras(
  places: readonly WatchedPlace[],
  faults: ReadonlyMap<string, string>,
): readonly UnusualCamera[] {
  const cameras = byCamera(places);
  // of a camera that cannot be believed nothing is known about the road
  const telling = cameras.filter(([camera, own]) => !faults.has(camera) && own.some(isTelling));
  const low = telling.filter(([, own]) => isLowAll(own));
  const isEverywhere = low.length >= FEWEST_EVERYWHERE && low.length >= NEARLY_ALL * telling.length;
  return cameras.flatMap(([camera, own]) => {
    const unusual = unusualOf(own);
    if (unusual === null) return [];
    const fault = faults.get(camera) ?? null;
    return [{ camera, ...unusual, fault, cause: causeOf(unusual.deviation, own, { fault, isEverywhere }) }];
  });
}

function byCamera(places: readonly WatchedPlace[]): [camera: string, own: WatchedPlace[]][] {
  const cameras = new Map<string, WatchedPlace[]>();
  for (const place of places) cameras.set(place.camera, [...(cameras.get(place.camera) ?? []), place]);
  return [...cameras];
}

function unusualOf(own: readonly WatchedPlace[]): Pick<UnusualCamera, 'deviation' | 'since' | 'places'> | null {
  const said = own.flatMap((place) => (place.state.said && place.last ? [{ ...place, last: place.last }] : []));
  if (said.length === 0) return null;
  // a lane that is closed sends its vehicles onto the one beside it
  const deviation = said.some(({ state }) => state.said === 'less') ? 'less' : 'more';
  const places = said.filter(({ state }) => state.said === deviation).sort((a, b) => gapOf(b.last) - gapOf(a.last));
  return { deviation, since: Math.min(...places.map(({ state, last }) => state.since ?? last.at)), places };
}

function causeOf(
  deviation: TrafficDeviation,
  own: readonly WatchedPlace[],
  { fault, isEverywhere }: { readonly fault: string | null; readonly isEverywhere: boolean },
): UnusualCause {
  if (fault !== null) return 'camera';
  if (deviation === 'more') return 'crowd';
  if (!isLowAll(own)) return 'lane';
  return isEverywhere ? 'everywhere' : 'upstream';
}

const gapOf = ({ counted, expected }: JudgedHour): number => Math.abs((counted ?? expected) - expected);

/** Whether less than usual could be seen there in the last hour. */
function isTelling({ state, last }: WatchedPlace): boolean {
  return state.said === 'less' || (last?.counted !== null && (last?.low ?? 0) > 0);
}

function isLow({ state, last }: WatchedPlace): boolean {
  return state.said === 'less' || (last !== null && leaningOf(last) === 'less');
}

function isLowAll(own: readonly WatchedPlace[]): boolean {
  const telling = own.filter(isTelling);
  return telling.length > 0 && telling.every(isLow);
}
