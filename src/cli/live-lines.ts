import type { CameraStatus, MachineStatus, RuntimeStatus, TuningStatus } from '../runtime/status.js';
import { intervalInWords } from '../tune/control/reasons.js';
import { briefly } from '../tune/operating-point.js';
import { crossings } from './summary.js';

/** What a terminal has room for, in letters and lines. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Something that may be shown: its texts from the longest to the shortest, and what it gives way to (the lower stays). */
interface Cell<T> {
  readonly importance: number;
  readonly texts: readonly ((of: T) => string)[];
}

const GAP = '  ';
const INDENT = '  ';
const SEPARATOR = ' · ';
/** Of a line, for a camera's name. */
const NAME_SHARE = 1 / 3;
/** So many letters the list of vehicles takes: a column whose width changes with every frame cannot be read. */
const VEHICLES_WIDTH = 24;
/** Letters of a reason that say something. */
const LEAST_REASON = 12;
/** The head, and the line on which the cursor stands. */
const OTHER_ROWS = 2;

const HEAD: readonly Cell<RuntimeStatus>[] = [
  { importance: 4, texts: [({ model, variant }) => `${model} ${variant}`] },
  { importance: 2, texts: [({ provider }) => `on ${provider ?? '…'}`] },
  {
    importance: 1,
    texts: [
      ({ latencyMs: { p50, p95 } }) => `latency p50 ${ms(p50)} p95 ${ms(p95)}`,
      ({ latencyMs: { p95 } }) => `p95 ${ms(p95)}`,
    ],
  },
  { importance: 0, texts: [({ mqtt }) => (mqtt.broker === null || mqtt.connected ? '' : 'mqtt offline')] },
  { importance: 5, texts: [({ mqtt }) => mqtt.broker ?? 'no broker'] },
  { importance: 3, texts: [({ uptimeS }) => `up ${Math.round(uptimeS)} s`] },
];

const MACHINE: readonly Cell<MachineStatus>[] = [
  { importance: 2, texts: [({ cpuPercent }) => percentText('CPU', cpuPercent)] },
  { importance: 3, texts: [memoryText, ({ memoryPercent }) => percentText('memory', memoryPercent)] },
  { importance: 4, texts: [({ temperature }) => (temperature === null ? '' : `${temperature.toFixed(0)} °C`)] },
  {
    importance: 5,
    texts: [({ diskFreeBytes }) => (diskFreeBytes === null ? '' : `${gibibytes(diskFreeBytes)} GiB of disk free`)],
  },
  {
    importance: 0,
    texts: [({ throttledBy }) => (throttledBy.length === 0 ? '' : `held back by ${throttledBy.join(' and ')}`)],
  },
  {
    importance: 1,
    texts: [({ isClockSynchronised }) => (isClockSynchronised === false ? 'clock not synchronised' : '')],
  },
];

const TUNING: readonly Cell<TuningStatus>[] = [
  { importance: 2, texts: [({ mode }) => `tuned (${mode})`, () => 'tuned'] },
  {
    importance: 1,
    texts: [
      ({ knobs }) =>
        knobs === null || knobs.inferenceIntervalMs === 0 ? '' : intervalInWords(knobs.inferenceIntervalMs),
    ],
  },
  {
    importance: 0,
    texts: [
      ({ trial }) => (trial === null ? '' : `trying ${trial.to} (${trial.reason})`),
      ({ trial }) => (trial === null ? '' : `trying ${briefly(trial.from, trial.to)} (${gist(trial.reason)})`),
      ({ trial }) => (trial === null ? '' : `trying ${briefly(trial.from, trial.to)}`),
    ],
  },
  {
    importance: 3,
    texts: [
      (tuning) => lastText(tuning, ({ to, reason }) => `${to} (${reason})`),
      (tuning) => lastText(tuning, ({ from, to, reason }) => `${briefly(from, to)} (${gist(reason)})`),
      (tuning) => lastText(tuning, ({ from, to }) => briefly(from, to)),
    ],
  },
  {
    importance: 4,
    texts: [({ decision, trial, lastChange }) => ((trial ?? lastChange)?.reason === decision ? '' : (decision ?? ''))],
  },
  { importance: 0, texts: [({ waitsFor }) => waitsFor ?? ''] },
];

const COLUMNS: readonly Cell<CameraStatus>[] = [
  { importance: 4, texts: [({ tenant }) => tenant ?? ''] },
  {
    importance: 2,
    texts: [
      ({ answeredFps, capturedFps }) => `${fps(answeredFps)} of ${fps(capturedFps)} fps`,
      ({ answeredFps }) => `${fps(answeredFps)} fps`,
    ],
  },
  {
    importance: 6,
    texts: [
      ({ answered }) => `${spared(answered)} % without inference`,
      ({ answered }) => `${spared(answered)} % spared`,
    ],
  },
  {
    importance: 3,
    texts: [
      ({ vehicles }) => clipped(vehiclesByClass(vehicles), VEHICLES_WIDTH).padEnd(VEHICLES_WIDTH),
      ({ vehicles }) => `${total(vehicles)} here`.padEnd(7),
    ],
  },
  { importance: 7, texts: [({ vehiclesSeen }) => `seen ${vehiclesSeen}`] },
  { importance: 8, texts: [({ lines, zones }) => [...crossings(lines), ...occupied(zones)].join(GAP)] },
  { importance: 5, texts: [droppedByCause, ({ dropped }) => `${total(dropped)} lost`] },
  { importance: 1, texts: [healthText] },
];

/**
 * The live view: a line about the whole, one about the machine and one about the tuning, then a line per camera, none
 * longer than the terminal is wide. Where there is no room, texts become shorter and then go, the least important first; a
 * camera that delivers nothing says why instead.
 */
export function liveLines(status: RuntimeStatus, { columns, rows }: TerminalSize): string[] {
  const { machine, tuning } = status;
  const whole = [
    ...indentedLine(MACHINE, machine, columns),
    ...(tuning.enabled ? indentedLine(TUNING, tuning, columns) : []),
  ];
  const shown = status.cameras.slice(0, Math.max(1, rows - OTHER_ROWS - whole.length));
  const hidden = status.cameras.length - shown.length;
  if (hidden > 0) shown.pop();
  const more = hidden > 0 ? [`${INDENT}and ${hidden + 1} more`] : [];
  return [headLine(status, columns), ...whole, ...cameraLines(shown, columns), ...more].map((line) =>
    clipped(line, columns),
  );
}

/** `text` in at most `width` letters: an ellipsis stands for what is cut off. */
export function clipped(text: string, width: number): string {
  const letters = [...text];
  return letters.length <= width ? text : `${letters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** Why something failed, in at most `width` letters: of a chain `what: why; what: why` the end is what helps. */
function fittedReason(text: string, width: number): string {
  const chain = text.split(/(?<=[:;] )/);
  while (chain.length > 1 && chain.join('').length > width) chain.shift();
  return clipped(chain.join(''), width);
}

function headLine(status: RuntimeStatus, columns: number): string {
  const chosen = fitting(HEAD, [status], columns, SEPARATOR.length);
  return chosen.flatMap((text) => text(status) || []).join(SEPARATOR);
}

function lastText(
  { lastChange, trial }: TuningStatus,
  inWords: (change: NonNullable<TuningStatus['lastChange']>) => string,
): string {
  return lastChange === null || trial !== null ? '' : `last: ${inWords(lastChange)}`;
}

/** Of a reason, what is said between what it is about and the numbers in brackets. */
function gist(reason: string): string {
  return reason
    .slice(reason.indexOf(': ') + 1)
    .trim()
    .split(' (')[0]!;
}

/** No line where it has nothing to say. */
function indentedLine<T>(cells: readonly Cell<T>[], of: T, columns: number): string[] {
  const chosen = fitting(cells, [of], columns - INDENT.length, SEPARATOR.length);
  const text = chosen.map((cell) => cell(of)).join(SEPARATOR);
  return text === '' ? [] : [`${INDENT}${text}`];
}

function memoryText({ memoryPercent, memoryBytes }: MachineStatus): string {
  const share = percentText('memory', memoryPercent);
  return share === '' || memoryBytes === null ? share : `${share} of ${gibibytes(memoryBytes)} GiB`;
}

function percentText(name: string, value: number | null): string {
  return value === null ? '' : `${name} ${value.toFixed(0)} %`;
}

function gibibytes(bytes: number): string {
  const value = bytes / 2 ** 30;
  return value.toFixed(value < 10 ? 1 : 0);
}

function cameraLines(cameras: readonly CameraStatus[], columns: number): string[] {
  const name = Math.min(Math.max(6, ...cameras.map(({ id }) => id.length)), Math.floor(columns * NAME_SHARE));
  const room = columns - INDENT.length - name - GAP.length;
  const delivering = cameras.filter((camera) => !isLost(camera));
  const texts = fitting(COLUMNS, delivering, room, GAP.length);
  const widths = texts.map((text) => Math.max(0, ...delivering.map((camera) => text(camera).length)));
  return cameras.map((camera) => {
    const cells = isLost(camera) ? [lossText(camera, room)] : texts.map((text, at) => text(camera).padEnd(widths[at]!));
    return `${INDENT}${clipped(camera.id, name).padEnd(name)}${GAP}${cells.join(GAP)}`.trimEnd();
  });
}

/**
 * The texts to show, in their order: as many cells as there is room for with their shortest texts, the most important
 * first; what room is left makes texts longer, in the same order.
 */
function fitting<T>(cells: readonly Cell<T>[], of: readonly T[], room: number, gap: number): ((of: T) => string)[] {
  const chosen = new Map<Cell<T>, (of: T) => string>();
  const width = (text: ((of: T) => string) | undefined): number => {
    const longest = text === undefined ? 0 : Math.max(0, ...of.map((one) => text(one).length));
    return longest === 0 ? 0 : longest + gap;
  };
  let left = room + gap;
  const choose = (cell: Cell<T>, texts: Cell<T>['texts']): void => {
    const before = width(chosen.get(cell));
    const text = texts.find((one) => width(one) - before <= left);
    if (text === undefined) return;
    chosen.set(cell, text);
    left -= width(text) - before;
  };
  const ranked = cells.toSorted((a, b) => a.importance - b.importance);
  for (const cell of ranked) choose(cell, cell.texts.slice(-1));
  for (const cell of ranked) choose(cell, cell.texts);
  return cells.flatMap((cell) => (width(chosen.get(cell)) === 0 ? [] : chosen.get(cell)!));
}

/** It delivers nothing, and has said why. */
function isLost({ state, lastError }: CameraStatus): boolean {
  return lastError !== null && (state === 'reconnecting' || state === 'ended');
}

/** The word for how it does: what cannot be true of its pictures and answers, before how they arrive. */
function healthText({ state, connectionQuality, plausibility }: CameraStatus): string {
  if (state !== 'streaming') return state;
  return plausibility === null || plausibility === 'plausible' ? connectionQuality : plausibility;
}

/** What it does about it and why, or the reason alone where there is little room. */
function lossText({ state, lastError }: CameraStatus, room: number): string {
  const left = room - state.length - ': '.length;
  return left < LEAST_REASON ? fittedReason(lastError!, room) : `${state}: ${fittedReason(lastError!, left)}`;
}

/** Share of the answers that took no inference, in percent. */
function spared(answered: CameraStatus['answered']): string {
  const all = total(answered);
  return (all === 0 ? '–' : (100 * (1 - answered.inferred / all)).toFixed(0)).padStart(2);
}

function vehiclesByClass(counts: Readonly<Record<string, number>>): string {
  const present = Object.entries(counts).filter(([, count]) => count > 0);
  return present.length > 0 ? present.map(([name, count]) => `${count} ${name}`).join(', ') : 'no vehicle';
}

function droppedByCause({ dropped }: CameraStatus): string {
  const causes = Object.entries(dropped).filter(([, count]) => count > 0);
  return causes.length > 0 ? `dropped ${causes.map(([cause, count]) => `${count} ${cause}`).join(', ')}` : 'no drops';
}

function occupied(zones: CameraStatus['zones']): string[] {
  return Object.entries(zones).map(([zone, vehicles]) => `${vehicles} in ${zone}`);
}

const total = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);
const fps = (value: number | null): string => (value === null ? '–' : value.toFixed(1)).padStart(5);
const ms = (value: number | null): string =>
  value === null ? '–' : `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
