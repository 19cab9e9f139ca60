/** For whom, as it is chosen on the page. */
export interface TypedChoice {
  readonly of: 'ticked' | 'those' | 'all';
  readonly site: readonly string[];
  readonly state: readonly string[];
  readonly version: readonly string[];
  readonly label: readonly string[];
  /** With commas between them. */
  readonly model: string;
  readonly board: string;
  /** Empty: all of them. */
  readonly percent: string;
}

export const NOBODY: TypedChoice = {
  of: 'those',
  site: [],
  state: [],
  version: [],
  label: [],
  model: '',
  board: '',
  percent: '',
};

/** By what devices are chosen besides their names. */
const CRITERIA = ['site', 'state', 'version', 'model', 'board', 'label'] as const;

/**
 * As the API takes it.
 *
 * @param ticked `site/device` of those that were ticked on the list
 * @returns what cannot be used where something cannot
 */
export function choiceOf(
  typed: TypedChoice,
  ticked: ReadonlySet<string>,
): { readonly choose: Record<string, unknown> } | { readonly wrong: 'percent' | 'nobody' } {
  const percent = typed.percent.trim() === '' ? null : Number(typed.percent.replace(',', '.'));
  if (percent !== null && !(percent >= 0.1 && percent <= 100)) return { wrong: 'percent' };
  const chosen = criteriaOf(typed, ticked);
  if (Object.keys(chosen).length === 0) return { wrong: 'nobody' };
  return { choose: { ...chosen, ...(percent !== null && { percent }) } };
}

function criteriaOf(typed: TypedChoice, ticked: ReadonlySet<string>): Record<string, unknown> {
  if (typed.of === 'all') return { all: true };
  if (typed.of === 'ticked') return ticked.size === 0 ? {} : { devices: [...ticked].sort() };
  const said = CRITERIA.map((name): [string, readonly string[]] => {
    const value = typed[name];
    return [name, typeof value === 'string' ? listIn(value) : value];
  });
  return Object.fromEntries(said.filter(([, values]) => values.length > 0));
}

const listIn = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
