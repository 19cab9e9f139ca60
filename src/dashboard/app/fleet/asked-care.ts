/* How carefully something is done with many devices: as it is typed, and as the API takes it. */

/** As it stands in the fields. */
export interface TypedCare {
  /** `1, 10%, 50%` */
  readonly stages: string;
  /** Minutes. */
  readonly watch: string;
  /** Hours. */
  readonly within: string;
  /** Empty: as the API does. */
  readonly failures: string;
  readonly note: string;
}

/** As the API takes it. */
export interface AskedCare {
  readonly stages: readonly (number | string)[];
  readonly watchS: number;
  readonly withinS: number;
  readonly mostFailures?: number;
  readonly note?: string;
}

/** For what changes how devices answer: a device, a tenth, half, and a look at each for ten minutes. */
export const CAREFUL: TypedCare = { stages: '1, 10%, 50%', watch: '10', within: '24', failures: '', note: '' };
/** For what only asks: all at once. */
export const AT_ONCE: TypedCare = { ...CAREFUL, stages: '', watch: '0' };

const STAGE = /^(?:[1-9]\d{0,4}|(?:100|[1-9]\d?)%)$/;
const MOST_STAGES = 20;

/** @returns which field cannot be used where one cannot */
export function careOf({
  stages,
  watch,
  within,
  failures,
  note,
}: TypedCare): AskedCare | { readonly wrong: keyof TypedCare } {
  const sizes = stages.split(/[\s,;]+/).filter((size) => size !== '');
  if (sizes.length > MOST_STAGES || !sizes.every((size) => STAGE.test(size))) return { wrong: 'stages' };
  const minutes = numberIn(watch, 0, 7 * 24 * 60);
  if (minutes === null) return { wrong: 'watch' };
  const hours = numberIn(within, 0.01, 60 * 24);
  if (hours === null) return { wrong: 'within' };
  const most = failures.trim() === '' ? undefined : numberIn(failures, 0, 20_000);
  if (most === null || (most !== undefined && !Number.isInteger(most))) return { wrong: 'failures' };
  return {
    stages: sizes.map((size) => (size.endsWith('%') ? size : Number(size))),
    watchS: minutes * 60,
    withinS: hours * 3600,
    ...(most !== undefined && { mostFailures: most }),
    ...(note.trim() !== '' && { note: note.trim() }),
  };
}

function numberIn(text: string, least: number, most: number): number | null {
  const value = text.trim() === '' ? Number.NaN : Number(text.replace(',', '.'));
  return value >= least && value <= most ? value : null;
}
