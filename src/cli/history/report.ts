import type { SeriesGap } from '../../store/series/series-json.js';
import { gapsIn } from '../../store/series/series-json.js';
import { mergedPoint } from '../../store/series/series-point.js';
import type { SeriesAnswer } from '../../store/series/series-reader.js';
import type { RequestedTime } from '../../store/series/series-request.js';
import { brailleChart } from '../braille-chart.js';
import { lengthOfTime, longTime, shortTime } from '../times.js';

const CHART_HEIGHT = 8;
const LEAST_CHART_WIDTH = 16;
/** More series than this are only a table. */
const MOST_CHARTS = 6;
const MIB = 2 ** 20;

/** The head of the summary's table. */
export const SUMMARY_HEAD = ['series', 'min', 'mean', 'max', 'p95', 'last', 'readings', 'covered', 'unit'];

/** A row for each series: what it was over the whole time. */
export function summaryRows(answers: readonly SeriesAnswer[], time: RequestedTime): string[][] {
  return answers.map(({ key: { name, unit }, stepMs, points }) => {
    if (points.length === 0) return [name, '-', '-', '-', '-', '-', '0', '0 %', unit];
    const all = mergedPoint(time.from, points);
    const { from, to } = time;
    const steps = Math.max(1, Math.ceil(to / stepMs) - Math.floor(from / stepMs));
    const covered = Math.min(100, (points.length / steps) * 100);
    const numbers = [all.min, all.mean, all.max, all.p95, points.at(-1)!.mean].map((value) => inWords(value, unit));
    const share = covered === 100 ? '100' : covered.toFixed(1);
    return [name, ...numbers, all.count.toLocaleString('en'), `${share} %`, unitInWords(unit)];
  });
}

/** The series as charts of their means, under each its gaps. @param width characters */
export function charts(answers: readonly SeriesAnswer[], time: RequestedTime, width: number): string[] {
  const drawn = answers.filter(({ points }) => points.length > 0);
  if (drawn.length > MOST_CHARTS) {
    return ['', `${drawn.length} series are too many to draw: name one of them, or choose with --label`];
  }
  return drawn.flatMap((answer) => ['', ...chart(answer, time, width)]);
}

function chart({ key: { name, unit }, stepMs, points }: SeriesAnswer, time: RequestedTime, width: number): string[] {
  const { from, to } = time;
  const means = points.map(({ t, mean }) => ({ t, value: mean }));
  const [low, high] = edgesOf(means.map(({ value }) => value));
  const labels = [inWords(high, unit), inWords((low + high) / 2, unit), inWords(low, unit)];
  const margin = Math.max(...labels.map((label) => label.length));
  const chartWidth = Math.max(LEAST_CHART_WIDTH, width - margin - 3);
  const frame = { from, to, stepMs, width: chartWidth, height: CHART_HEIGHT, low, high };
  const rows = brailleChart(means, frame).map((row, i) => {
    const label = i === 0 ? labels[0]! : i === CHART_HEIGHT - 1 ? labels[2]! : '';
    return `${label.padStart(margin)} ${label === '' ? '│' : '┤'}${row}`;
  });
  const kind = unit === '' ? 'mean' : `mean, ${unitInWords(unit)}`;
  return [
    `${name} (${kind})`,
    ...rows,
    timeAxis(time, margin + 1, chartWidth),
    ...gapLines(gapsIn(points, { from, to, stepMs }), time),
  ];
}

/** From 0 where that leaves half of the chart for what happens; some room where nothing does. */
function edgesOf(values: readonly number[]): readonly [low: number, high: number] {
  let [low, high] = [values[0]!, values[0]!];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low >= 0 && low <= high / 2) low = 0;
  if (low < high) return [low, high];
  const room = Math.abs(low) / 10 || 1;
  return [low - room, high + room];
}

function timeAxis({ from, to }: RequestedTime, margin: number, width: number): string {
  const [left, right] = [shortTime(from), `${shortTime(to)} UTC`];
  const middle = shortTime((from + to) / 2);
  const room = width - left.length - right.length;
  const axis = `${' '.repeat(margin)}└${'─'.repeat(width)}\n${' '.repeat(margin + 1)}`;
  if (room < middle.length + 4) return `${axis}${left}${' '.repeat(Math.max(1, room))}${right}`;
  const before = Math.floor(width / 2 - middle.length / 2) - left.length;
  const after = Math.max(1, room - before - middle.length);
  return `${axis}${left}${' '.repeat(before)}${middle}${' '.repeat(after)}${right}`;
}

/** What a running program has not written yet may be missing at the end. */
const UNWRITTEN_MS = 70_000;

/** The gaps in words, of many the longest. */
function gapLines(gaps: readonly SeriesGap[], { to }: RequestedTime): string[] {
  const real = gaps.filter((gap) => gap.to < to || gap.to - gap.from > UNWRITTEN_MS);
  if (real.length === 0) return [];
  const listed = real.toSorted((a, b) => b.to - b.from - (a.to - a.from)).slice(0, 3);
  const total = real.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  const which = listed.map((gap) => `${longTime(gap.from)} to ${longTime(Math.min(gap.to, to))}`).join('; ');
  const longest = real.length > listed.length ? ', the longest' : '';
  return [
    `no readings for ${lengthOfTime(total)} (${real.length} ${real.length === 1 ? 'gap' : 'gaps'}${longest}: ${which})`,
  ];
}

/** A number to read: bytes as MiB, four digits at least. */
function inWords(value: number, unit: string): string {
  const shown = unit.startsWith('bytes') ? value / MIB : value;
  const size = Math.abs(shown);
  if (size >= 10_000 || Number.isInteger(shown)) return Math.round(shown).toLocaleString('en');
  if (size < 1e-4) return shown.toExponential(2);
  return String(Number(shown.toPrecision(4)));
}

/** The unit of what `inWords` gives. */
function unitInWords(unit: string): string {
  return unit.replace(/^bytes/, 'MiB');
}
