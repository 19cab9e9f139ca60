import { type Outcome, relativeAccuracy, type WorkshopReport } from '../workshop/outcome.js';

/*
 * The report's sentences and figures, for the page and for Markdown alike.
 */

/** Three digits: what the gate decides by. */
export const share = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : value.toFixed(3);
export const ms = (value: number | undefined): string =>
  value === undefined ? '–' : value.toFixed(value < 10 ? 2 : 1);
export const times = (value: number | undefined): string => (value === undefined ? '–' : `${value.toFixed(2)}×`);
export const megabytes = (bytes: number | null): string => (bytes === null ? '–' : (bytes / 1e6).toFixed(1));

const WORTH_A_LINE = 0.02;

/** What a reader wants first: what to do. */
export function decision(report: WorkshopReport): { readonly headline: string; readonly details: readonly string[] } {
  const { recommended, outcomes, reference, dryRun } = report;
  const best = outcomes.find(({ id }) => id === recommended);
  if (!best) {
    return {
      headline: `No variant is better than ${reference}: keep it`,
      details: ['Every variant that was made was refused; the reasons are below. The registry is as it was.'],
    };
  }
  const parent = outcomes.find(({ id }) => id === reference)!;
  const kept = relativeAccuracy(best);
  const details = [
    best.speed && parent.speed
      ? `${times(best.speed.speedup)} as fast as ${reference}: ${ms(best.speed.p50Ms)} ms instead of ${ms(parent.speed.p50Ms)} ms per frame on one thread of this device.`
      : 'Its speed could not be measured on this device.',
    ...(best.gate
      ? [
          `Agrees with ${reference} on the held-back frames: F1 ${share(best.gate.f1)} (at least ${report.minF1} is required), boxes ${best.gate.boxError.p95CornerPx.toFixed(1)} px apart at most in 95 of 100 cases.`,
        ]
      : []),
    ...(best.gate?.labelled
      ? [
          `Against labels: AP50 ${share(best.gate.labelled.variant.ap50)}, ${reference} has ${share(best.gate.labelled.parent.ap50)} (${best.gate.labelled.images} pictures).`,
        ]
      : []),
    ...(kept !== null && !best.gate?.labelled ? [`Accuracy kept: ${share(kept)}.`] : []),
  ];
  const other = moreAccurate(outcomes, best);
  if (other) {
    details.push(
      `Where accuracy counts more than speed: ${other.id} keeps ${share(relativeAccuracy(other))} and is still ${times(other.speed?.speedup)} as fast as ${reference}.`,
    );
  }
  return { headline: `${dryRun ? 'Would use' : 'Use'} ${best.id}`, details };
}

/** The most accurate one that takes no longer than the reference does; null where that is the best itself. */
function moreAccurate(outcomes: readonly Outcome[], best: Outcome): Outcome | null {
  const quickEnough = outcomes.filter(
    ({ verdict, speed }) => (verdict === 'registered' || verdict === 'made') && (speed?.speedup ?? 0) >= 1,
  );
  const accuracy = (one: Outcome): number => relativeAccuracy(one) ?? 0;
  const other = quickEnough.reduce((a, b) => (accuracy(b) > accuracy(a) ? b : a), best);
  return accuracy(other) > accuracy(best) + WORTH_A_LINE ? other : null;
}

/** How the recommended variant goes live. */
export function goLive({ model, recommended, dryRun }: WorkshopReport): string | null {
  if (recommended === null) return null;
  const run = `edge-optimizer run --model ${model} --variant ${recommended} --source …`;
  return dryRun ? `${run}   # once it is made without --dry-run` : run;
}

/** `registered`, and where a word more helps, that. */
export function verdictText({ verdict, speed, reason }: Outcome): string {
  switch (verdict) {
    case 'reference':
      return 'reference';
    case 'registered':
      return 'registered';
    case 'made':
      return 'good, not written';
    case 'refused':
      return speed && reason?.startsWith('not faster') ? 'refused: no gain' : 'refused';
  }
}

/** What is to be noted, once, with the variants that it is about. */
export function notesOf({
  notes,
  outcomes,
}: WorkshopReport): readonly { readonly about: string; readonly text: string }[] {
  const about = new Map<string, string[]>();
  for (const { id, notes: own } of outcomes) for (const note of own) about.set(note, [...(about.get(note) ?? []), id]);
  return [
    ...notes.map((text) => ({ about: '', text })),
    ...[...about].map(([text, ids]) => ({ about: ids.join(', '), text })),
  ];
}

/** Facts on how the figures came about. */
export function circumstances(report: WorkshopReport): readonly (readonly [string, string])[] {
  const { frames, startedAt, tookMs } = report;
  return [
    ['Model', `${report.model} (${report.family}, ${report.licence}), ${report.classes.length} classes`],
    ['Reference', `${report.reference}: every speed and accuracy is compared with it`],
    ['Target', report.target],
    ['Device', report.device],
    ['Runtime', report.runtime],
    [
      'Frames',
      `${frames.from}: ${frames.calibration} to calibrate, ${frames.validation} to choose, ${frames.heldBack} held back to judge (${frames.boxes} vehicles, ${frames.labelled} frames labelled)`,
    ],
    ['Reported from', `score ${report.scoreThreshold}`],
    ['Made', `${new Date(startedAt).toISOString().slice(0, 16).replace('T', ' ')} UTC, in ${duration(tookMs)}`],
  ];
}

export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 100) return `${seconds} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** How to read the figures. */
export const READING: readonly (readonly [string, string])[] = [
  [
    'F1, recall, precision',
    'The fp32 model of the same size is taken for the truth, on frames that no variant was made from. Recall: of its boxes, how many the variant has too (same class, overlap of at least 0.5). Precision: of the variant’s boxes, how many the fp32 model has, be it with a score a little below the reporting threshold. F1 is their harmonic mean.',
  ],
  [
    'Accuracy kept',
    'One scale for all sizes, on which the reference is 1. With labelled frames: the ratio of AP50. Without: F1, times what the input size is worth (its F1 against the largest size, over that of the default size).',
  ],
  [
    'Milliseconds',
    'From a frame’s bytes at the model’s input size to its boxes, on one thread: filling the input, the model, reading the output, suppression of double boxes. The median counts only the time on the core; the time that 95 of 100 frames stay below is by the clock, with whatever else the device did. All variants took turns, so that this met all alike.',
  ],
  [
    'AP50, AP50:95',
    'Average precision against the labels, at an overlap of 0.5, and as the mean over overlaps from 0.5 to 0.95.',
  ],
];
