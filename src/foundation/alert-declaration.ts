/** How much an alert matters: `critical` means that the device does not do its work. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What happens to an alert; `changed`: its severity or what it says. */
export const ALERT_TRANSITIONS = ['raised', 'changed', 'cleared', 'acknowledged', 'snoozed', 'unsnoozed'] as const;

/** An alert that a part may raise: retained at the broker while it holds. */
export interface AlertDeclaration {
  /** Always the same word for the same thing; one level of a topic, unique in the program. */
  readonly code: string;
  /** The severities that it may have. */
  readonly severities: readonly Severity[];
  /** When it is raised, for the table in the documents. */
  readonly help: string;
  /** What to do about it, one sentence for whoever is sent; told with each alert that names no better one. */
  readonly action: string;
}

/** What is wrong now. */
export interface Alert {
  readonly severity: Severity;
  /** For people: what failed and what to do; 1 to 1000 characters, longer ones are cut. */
  readonly message: string;
  /** What to do in this case, where more can be said than in the declaration. */
  readonly action?: string;
  /** What was measured, where a number says it. */
  readonly value?: number;
  /** What it was expected to be, or the limit that it passed. */
  readonly expected?: number;
  /** Of `value` and `expected`; empty for plain counts and shares. */
  readonly unit?: string;
  /** The numbers around it. */
  readonly details?: Readonly<Record<string, number | string | boolean | null>>;
}
