import { type ComponentType, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Catalogue } from '../words/language.ts';

/** A page: its name in the address and in the navigation, and where its code is fetched from once it is wanted. */
export interface Page<Id extends string = string> {
  readonly id: Id;
  readonly load: () => Promise<{ readonly default: ComponentType }>;
  /** Its code where that comes with the frame: of the page that is looked at first, which then is shown a round trip sooner. */
  readonly shown?: ComponentType;
  /** Not in the navigation: something on this page leads to it. */
  readonly under?: Id;
}

/** How pages speak of whoever answers them: a device, or the collector of a fleet. */
export interface AnswererWords {
  readonly enterToken: string;
  readonly tokenHint: string;
  readonly offline: (since: string) => string;
  readonly needsToken: string;
  readonly failedHint: string;
  readonly unreachable: string;
  readonly unreachableHint: string;
}

/** Pages that are shown together. */
export interface App {
  /** In the order of the navigation; the first is shown where the address names none. */
  readonly pages: readonly Page[];
  /** What each is called. */
  readonly names: Catalogue<Readonly<Record<string, string>>>;
  readonly answerer: Catalogue<AnswererWords>;
  /** A hook: whether a page is offered to whoever looks; absent: all are. */
  readonly useOffered?: () => (page: string) => boolean;
}

export const AppContext = createContext<App | null>(null);

/** What the page that is drawn belongs to. */
export const useApp = (): App => useContext(AppContext)!;
