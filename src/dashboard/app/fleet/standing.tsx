import type { OverviewRow } from '../../../collector/api/overview-shapes.ts';
import { Badge } from '../kit/badge.tsx';
import type { Standing } from '../kit/tile.tsx';
import { useAlertName } from '../words/alert-words.ts';
import { duration } from '../words/formats.ts';
import { useWords } from '../words/language.ts';
import { fleetWords } from './fleet-words.ts';

export type State = OverviewRow['state'];
export type Severity = OverviewRow['alerts'][number]['severity'];

/** Most urgent last: as people read the words from left to right. */
export const STATES: readonly State[] = ['online', 'stale', 'offline', 'gone', 'unknown'];

/** How good it is to be so. */
export const STATE_STANDINGS: Readonly<Record<State, Standing>> = {
  online: 'good',
  stale: 'fair',
  offline: 'bad',
  gone: 'bad',
  unknown: 'none',
};

export const SEVERITY_STANDINGS: Readonly<Record<Severity, Standing>> = {
  critical: 'bad',
  warning: 'fair',
  info: 'none',
};

/** How a device is, in a word. */
export function StateBadge({ state }: { readonly state: State }) {
  const words = useWords(fleetWords);
  return <Badge text={words.states[state]} standing={STATE_STANDINGS[state]} />;
}

const MOST_SHOWN = 2;

/** The worst alerts of a device, and how many more there are. */
export function AlertBadges({ alerts }: Pick<OverviewRow, 'alerts'>) {
  const words = useWords(fleetWords);
  const nameOf = useAlertName();
  return (
    <>
      {alerts.slice(0, MOST_SHOWN).map(({ code, severity }) => (
        <span key={code}>
          <Badge text={nameOf(code)} standing={SEVERITY_STANDINGS[severity]} />{' '}
        </span>
      ))}
      {alerts.length > MOST_SHOWN && <span class="soft">{words.more(String(alerts.length - MOST_SHOWN))}</span>}
    </>
  );
}

/** s by which a clock may differ without being wrong: as the collector corrects times. */
const TOLERANCE_S = 10;

/** How a clock differs, in words. */
export function useClock(): (offsetMs: number | null) => string {
  const words = useWords(fleetWords);
  return (offsetMs) => {
    if (offsetMs === null) return '–';
    const seconds = Math.round(offsetMs / 1000);
    if (Math.abs(seconds) < TOLERANCE_S) return words.right;
    return (seconds > 0 ? words.ahead : words.behind)(duration(Math.abs(seconds)));
  };
}

/** Whether a clock is right enough. */
export const clockStanding = (offsetMs: number | null): Standing =>
  offsetMs === null ? 'none' : Math.abs(offsetMs) < TOLERANCE_S * 1000 ? 'good' : 'bad';

/** Whether answers are good enough to be relied on. */
export const accuracyStanding = (f1: number | null): Standing =>
  f1 === null ? 'none' : f1 >= 0.9 ? 'good' : f1 >= 0.8 ? 'fair' : 'bad';
