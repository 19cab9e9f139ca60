import type { AimText } from '../../diagnose/languages/language.js';
import type { PictureLight } from '../../media/picture-light.js';

/** What is known of a camera that is being aimed. */
export interface AimReport {
  readonly camera: string;
  /** As `status` has it: `streaming`, `reconnecting` … */
  readonly state: string;
  readonly lastError: string | null;
  /** frames/s; null before the first. */
  readonly fps: number | null;
  readonly light: PictureLight | null;
  /** Sharpness over the best so far, 0..1; null where the picture has no texture. */
  readonly focus: number | null;
  /** In the newest picture. */
  readonly vehicles: number;
  readonly vehiclesPerMinute: number | null;
  /** Sides in pixels of the camera's picture. */
  readonly smallestFound: number | null;
  readonly smallestSure: number | null;
}

/** Focus below this share of the best so far: somebody turned past it. */
const PAST_BEST = 0.85;
const [DARK_MEAN, BRIGHT_MEAN] = [40, 215];
/** Share of pixels of which nothing can be seen any more. */
const CLIPPED = 0.25;
const BAR = 20;

/** The lines beneath the picture. @param text in the language of whoever aims */
export function aimLines(report: AimReport, text: AimText): string[] {
  const { light, focus, vehicles, vehiclesPerMinute, smallestFound, smallestSure } = report;
  const rate = report.fps === null ? '' : `, ${report.fps.toFixed(1)} ${text.fps}`;
  const error = report.state === 'streaming' || report.lastError === null ? '' : `: ${report.lastError}`;
  const lines = [`${report.camera}: ${report.state}${rate}${error}`];
  if (light === null) return [...lines, text.noPicture];
  return [
    ...lines,
    `${text.focus.padEnd(12)}${bar(focus)} ${focus === null ? text.noTexture : `${percent(focus)} ${text.ofBest}`}`,
    `${text.exposure.padEnd(12)}${bar(light.mean / 255)} ${percent(light.black)} ${text.black}, ${percent(light.white)} ${text.white}`,
    `${text.vehicles.padEnd(12)}${vehicles} ${text.now}, ${vehiclesPerMinute === null ? '…' : vehiclesPerMinute.toFixed(0)} ${text.perMinute}`,
    `${text.smallest.padEnd(12)}${pixels(smallestSure)} ${text.surely}; ${pixels(smallestFound)} ${text.soFar}`,
    ...adviceFor(report, text).map((advice) => `→ ${advice}`),
  ];
}

/** What to do, most urgent first; empty where nothing is to be done. */
export function adviceFor({ light, focus }: AimReport, text: AimText): string[] {
  if (light === null) return [];
  const advice: string[] = [];
  if (light.mean < DARK_MEAN) advice.push(text.tooDark);
  else if (light.mean > BRIGHT_MEAN || light.white > CLIPPED) advice.push(text.tooBright);
  if (light.sharpness === null) advice.push(text.covered);
  else if (focus !== null && focus < PAST_BEST) advice.push(text.pastBest);
  return advice;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const pixels = (side: number | null): string => (side === null ? '…' : `${Math.round(side)} px`);

function bar(share: number | null): string {
  const full = Math.round(Math.min(1, share ?? 0) * BAR);
  return '█'.repeat(full) + '░'.repeat(BAR - full);
}
