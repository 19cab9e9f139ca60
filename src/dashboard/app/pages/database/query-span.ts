import { withUnit } from '../../words/formats.ts';

/** How long a query takes: `0.12 ms`, `12 ms`, `1.2 s`. */
export function querySpan(ms: number | null): string {
  if (ms !== null && ms >= 1000) return withUnit(ms / 1000, 's', 1);
  return withUnit(ms, 'ms', ms === null || ms >= 10 ? 0 : ms >= 1 ? 1 : 3);
}
