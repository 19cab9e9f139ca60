import type { OverviewReply } from '../../../../../collector/api/overview-shapes.ts';
import { type Asked, useApi } from '../../../data/api.ts';
import { replaceWords, useAddress } from '../../../frame/address.ts';

const EVERY_MS = 5000;
export const PAGE_LENGTH = 50;

/** What is chosen of the list, as the address has it. */
export const CHOSEN = ['state', 'site', 'alert', 'version', 'variant', 'label', 'text'] as const;
export type Chosen = (typeof CHOSEN)[number];

/** Orders in which the largest is the one to look at. */
const FALLING = new Set(['latency', 'temperature', 'cpu', 'power', 'crossings', 'clock', 'lost']);

export interface AskedList {
  readonly asked: Asked<OverviewReply>;
  /** undefined: any. */
  readonly chosen: Readonly<Record<Chosen, string | undefined>>;
  readonly sort: string;
  readonly isDown: boolean;
  readonly isNarrowed: boolean;
}

/** The list that the address asks for, asked again as long as it is shown. */
export function useList(): AskedList {
  const { words } = useAddress();
  const chosen = Object.fromEntries(CHOSEN.map((name) => [name, words.get(name) ?? undefined])) as AskedList['chosen'];
  const sort = words.get('sort') ?? 'worst';
  const order = words.get('order') ?? usualOrder(sort);
  const asked = useApi<OverviewReply>('/api/v1/fleet/overview', {
    words: { ...chosen, sort, order, skip: words.get('skip') ?? undefined, limit: PAGE_LENGTH },
    everyMs: EVERY_MS,
    keeps: true,
  });
  const isNarrowed = CHOSEN.some((name) => chosen[name] !== undefined);
  return { asked, chosen, sort, isDown: order === 'down', isNarrowed };
}

const usualOrder = (sort: string): 'up' | 'down' => (FALLING.has(sort) ? 'down' : 'up');

/** Shows others, from the first on. */
export const choose = (words: Readonly<Partial<Record<Chosen, string | undefined>>>): void =>
  replaceWords({ ...words, skip: undefined });

export const showAll = (): void => choose(Object.fromEntries(CHOSEN.map((name) => [name, undefined])));

export const chooseOrder = (sort: string): void => replaceWords({ sort, order: undefined, skip: undefined });

/** By a heading: what rows are in the order of already is turned round. */
export const turnOrder = ({ sort, isDown }: Pick<AskedList, 'sort' | 'isDown'>, by: string): void =>
  by === sort ? replaceWords({ order: isDown ? 'up' : 'down', skip: undefined }) : chooseOrder(by);

export const skipTo = (row: number): void => replaceWords({ skip: row <= 0 ? undefined : String(row) });
