import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { NONE, time } from '../words/formats.ts';
import { currentLanguage } from '../words/language.ts';

/** A line of a chart. */
export interface Line {
  readonly label: string;
  /** One per time; null is a gap, and drawn as one. */
  readonly values: readonly (number | null)[];
  /** 1 to 6: a colour of the palette that differs in light and dark. */
  readonly colour: number;
  /** Draws it as bars, or dashed for what is not measured but expected. */
  readonly kind?: 'line' | 'bars' | 'dashed';
}

/** Something that happened, marked on the chart. */
export interface Mark {
  /** Unix ms. */
  readonly at: number;
  readonly label: string;
}

/** A stretch of time that is shaded. */
export interface Span {
  /** Unix ms. */
  readonly from: number;
  readonly to: number;
}

interface ChartProps {
  /** What it shows, for who does not see it; the numbers stand in a table beside or under it. */
  readonly label: string;
  /** Unix ms, rising. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  readonly marks?: readonly Mark[];
  readonly spans?: readonly Span[];
  /** Hears of a stretch that was drawn over with the pointer, Unix ms. */
  readonly onChoose?: (from: number, to: number) => void;
  /** Between two lines the area is filled: bounds. Indices into `lines`. */
  readonly bands?: readonly (readonly [upper: number, lower: number])[];
  readonly min?: number;
  readonly max?: number;
  /** Pixels. */
  readonly height?: number;
  /** IANA name; default: that of whoever looks. */
  readonly timeZone?: string | undefined;
}

/** Lines over time, with a legend that tells the values under the pointer, or the latest. */
export function Chart(props: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const { label, times, lines, marks = [], spans = [], height = 220 } = props;
  const shape = `${lines.map((line) => `${line.label}/${line.colour}/${line.kind}`).join()} ${JSON.stringify(props.bands)} ${height} ${props.min} ${props.max}`;
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const host = place.current!;
    chart.current = new uPlot(optionsOf(latest, host.clientWidth), dataOf(times, lines), host);
    const resized = new ResizeObserver(() => chart.current?.setSize({ width: host.clientWidth, height }));
    resized.observe(host);
    const recoloured = new MutationObserver(() => chart.current?.redraw());
    recoloured.observe(document.documentElement, { attributes: true });
    const redraw = (): void => chart.current?.redraw();
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', redraw);
    return () => {
      scheme.removeEventListener('change', redraw);
      resized.disconnect();
      recoloured.disconnect();
      chart.current?.destroy();
    };
  }, [shape]);
  useEffect(() => chart.current?.setData(dataOf(times, lines)), [times, lines, marks, spans]);
  return (
    <figure class="chart">
      <div ref={place} role="img" aria-label={label} />
    </figure>
  );
}

const dataOf = (times: readonly number[], lines: readonly Line[]): uPlot.AlignedData => [
  times.map((at) => at / 1000),
  ...lines.map(({ values }) => [...values]),
];

const TIME = { en: 'Time', es: 'Hora' } as const;
/** Steps at the end of a chart of which a line may have told nothing yet, and still has a latest value. */
const LATE_STEPS = 2;

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function optionsOf(latest: { readonly current: ChartProps }, width: number): uPlot.Options {
  const { lines, height = 220, bands = [], min, max, timeZone } = latest.current;
  const axis = {
    stroke: () => colour('--soft'),
    grid: { stroke: () => colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    // the last time stands half beyond the end of the axis
    padding: [null, 26, null, null],
    cursor: {
      y: false,
      points: { size: 7 },
      drag: { x: latest.current.onChoose !== undefined, y: false, setScale: false },
    },
    ...(timeZone !== undefined && { tzDate: (at: number) => uPlot.tzDate(new Date(at * 1000), timeZone) }),
    scales: { y: { range: (_, low, high) => rangeOf(low, high, min, max) } },
    axes: [
      { ...axis, space: 70, size: 48, values: (_, splits, _axis, _space, stepS) => axisTimes(splits, stepS, timeZone) },
      { ...axis, size: 64, values: (_, splits) => splits.map((value) => latest.current.format(value)) },
    ],
    series: [
      {
        label: TIME[currentLanguage()],
        value: (plot, at, _, index) => {
          const told = index === null ? plot.data[0][lastStep(plot)] : at;
          return told == null ? NONE : time(told * 1000, { dateStyle: 'medium', timeStyle: 'short', timeZone });
        },
      },
      ...lines.map(
        ({ label, colour: index, kind = 'line' }): uPlot.Series => ({
          label,
          stroke: () => colour(`--chart-${index}`),
          width: 2,
          spanGaps: false,
          points: { show: false },
          value: (plot, value, series, step) => {
            const told = step === null ? latestOf(plot, series) : value;
            return told === null ? NONE : latest.current.format(told);
          },
          ...(kind === 'dashed' && { dash: [6, 4] }),
          ...(kind === 'bars' && {
            fill: () => colour(`--chart-${index}`),
            paths: uPlot.paths.bars!({ size: [0.8, 40] }),
          }),
        }),
      ),
    ],
    bands: bands.map(([upper, lower]) => ({ series: [upper + 1, lower + 1], fill: () => colour('--band') })),
    hooks: {
      drawClear: [(plot) => drawSpans(plot, latest.current.spans ?? [])],
      draw: [(plot) => drawMarks(plot, latest.current.marks ?? [])],
      setSelect: [(plot) => choose(plot, latest.current.onChoose)],
    },
  };
}

/** The last step of which any line tells something; -1 where none does. */
function lastStep({ data: [times, ...lines] }: uPlot): number {
  for (let step = times.length - 1; step >= 0; step--) {
    if (lines.some((values) => values[step] != null)) return step;
  }
  return -1;
}

/** The latest value of a line, while no moment is pointed at; null where it has ended before the others. */
function latestOf(plot: uPlot, series: number): number | null {
  const last = lastStep(plot);
  const values = plot.data[series]!.slice(Math.max(0, last - LATE_STEPS), last + 1);
  return [...values].findLast((value) => value != null) ?? null;
}

/** From 0 or `min` on, with some room above. */
function rangeOf(low: number | null, high: number | null, min = Math.min(0, low ?? 0), max?: number): [number, number] {
  const top = max ?? (high ?? 1) + Math.max(1e-9, (high ?? 1) - min) * 0.05;
  return [min, top > min ? top : min + 1];
}

/** A stretch of a few pixels was a click. */
function choose(plot: uPlot, onChoose: ChartProps['onChoose']): void {
  const { left, width } = plot.select;
  if (onChoose === undefined || width < 8) return;
  const [from, to] = [left, left + width].map((x) => Math.round(plot.posToVal(x, 'x') * 1000)) as [number, number];
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onChoose(from, to);
}

function drawSpans(plot: uPlot, spans: readonly Span[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = colour('--bad-back');
  for (const { from, to } of spans) {
    const [left, right] = [from, to].map((at) =>
      Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(at / 1000, 'x', true))),
    ) as [number, number];
    if (right > left) ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height);
  }
  ctx.restore();
}

/** CSS pixels within which labels would cover one another. */
const CROWDED = 14;

/** Thin lines, and their labels in three rows; of numbers that would cover one another the first and the last. */
function drawMarks(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = plot;
  const px = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour('--mark');
  ctx.font = `${11 * px}px sans-serif`;
  ctx.lineWidth = px;
  ctx.setLineDash([3 * px, 3 * px]);
  for (const [index, { x, label }] of crowds(plot, marks).entries()) {
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const isRight = x > bbox.left + bbox.width / 2;
    ctx.textAlign = isRight ? 'right' : 'left';
    ctx.fillText(label, x + (isRight ? -4 : 4) * px, bbox.top + (12 + (index % 3) * 13) * px);
  }
  ctx.restore();
}

/** Where marks stand; numbers close beside one another are one mark with the first and the last of them. */
function crowds(plot: uPlot, marks: readonly Mark[]): { x: number; label: string }[] {
  const { left, width } = plot.bbox;
  const groups: { x: number; first: string; last: string }[] = [];
  for (const { at, label } of marks) {
    const x = plot.valToPos(at / 1000, 'x', true);
    if (x < left || x > left + width) continue;
    const group = groups.at(-1);
    if (group !== undefined && /^\d+$/.test(label) && x - group.x < CROWDED * devicePixelRatio) group.last = label;
    else groups.push({ x, first: label, last: label });
  }
  return groups.map(({ x, first, last }) => ({ x, label: first === last ? first : `${first}–${last}` }));
}

/** Days where they begin, else the time of day. @param splits Unix s, @param stepS between two of them */
function axisTimes(splits: readonly number[], stepS: number, timeZone: string | undefined): string[] {
  let day = '';
  return splits.map((split) => {
    const today = time(split * 1000, { day: 'numeric', month: 'short', timeZone });
    if (stepS >= 86_400) return today;
    const clock = time(split * 1000, { hour: '2-digit', minute: '2-digit', timeZone });
    const isOther = today !== day;
    day = today;
    return isOther ? `${clock}\n${today}` : clock;
  });
}
