import type { Origin } from '../../src/frame/frame-result.js';
import { type Answered, answered, type Eye, KNOWN_AFTER_MS } from './answered.js';

/** As in the charts of the benchmarks. */
const COLOURS: Record<Origin, string> = {
  inferred: '#d55e00',
  propagated: '#0072b2',
  'reused-memory': '#009e73',
  'reused-disk': '#56b4e9',
};
const SECONDS = 20;

type Moment = Omit<Answered, 'frame'>;

/** Where the answers of twenty seconds came from, and how many vehicles there were. */
export async function drawStrip(url: string, eye: Eye): Promise<string> {
  const frames: Moment[] = [];
  for await (const { frame, ...moment } of answered(url, KNOWN_AFTER_MS / 1000 + SECONDS, eye)) {
    if (frame.sceneMs >= KNOWN_AFTER_MS) frames.push(moment);
  }
  const [left, top, wide, high] = [70, 46, 860, 50];
  const x = (k: number): string => (left + (wide * k) / frames.length).toFixed(1);
  const most = Math.max(1, ...frames.map(({ vehicles }) => vehicles));
  const y = (vehicles: number): string => (222 - (90 * vehicles) / most).toFixed(1);
  const bars = runs(frames).map(({ from, to, origin }) => {
    const span = `x="${x(from)}" width="${((wide * (to - from)) / frames.length).toFixed(1)}"`;
    return `<rect ${span} y="${top}" height="${high}" fill="${COLOURS[origin]}"/>`;
  });
  const audits = frames.flatMap(({ audited }, k) =>
    audited ? [`<path d="M${x(k + 0.5)} ${top + high + 3}l-4 9h8z"/>`] : [],
  );
  const steps = frames.map(({ vehicles }, k) => `L${x(k)} ${y(vehicles)}L${x(k + 1)} ${y(vehicles)}`).join('');
  const seconds = Array.from({ length: SECONDS / 5 + 1 }, (_, i) => {
    const at = x((frames.length * i * 5) / SECONDS);
    return `<text x="${at}" y="244" text-anchor="middle">${i * 5} s</text>`;
  });
  const names = ['inferred', 'propagated', 'reused-memory'] as const;
  const legend = names.map((origin, i) => {
    const at = left + i * 140;
    return `<rect x="${at}" y="14" width="14" height="14" fill="${COLOURS[origin]}"/><text x="${at + 20}" y="26">${origin}</text>`;
  });
  const marks = [
    `<path d="M${left + 446} 16l-6 12h12z"/><text x="${left + 460}" y="26">inferred for the audit too</text>`,
    `<path d="M${x(0)} ${y(0)}${steps}L${x(frames.length)} ${y(0)}z" fill="#ddd" stroke="#333"/>`,
    `<text x="60" y="76" text-anchor="end">frames</text><text x="60" y="186" text-anchor="end">vehicles</text>`,
    `<text x="${left - 4}" y="136" text-anchor="end">${most}</text>`,
  ];
  const all = [...bars, ...audits, ...seconds, ...legend, ...marks].join('\n');
  const font = 'font-family="sans-serif" font-size="13"';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 256" ${font}><rect width="960" height="256" fill="#fff"/>\n${all}\n</svg>\n`;
}

/** Frames in a row with the same origin. */
function runs(frames: readonly Moment[]): { from: number; to: number; origin: Origin }[] {
  const found: { from: number; to: number; origin: Origin }[] = [];
  for (const [k, { origin }] of frames.entries()) {
    const last = found.at(-1);
    if (last?.origin === origin) last.to = k + 1;
    else found.push({ from: k, to: k + 1, origin });
  }
  return found;
}
