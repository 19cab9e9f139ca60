import type { OverviewReply } from '../../../../../collector/api/overview-shapes.ts';
import { Badge } from '../../../kit/badge.tsx';
import { Card } from '../../../kit/card.tsx';
import { Table } from '../../../kit/table.tsx';
import { useAlertName } from '../../../words/alert-words.ts';
import { ago, number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { fleetWords } from '../../fleet-words.ts';
import { SEVERITY_STANDINGS } from '../../standing.tsx';
import { choose } from './asked-list.ts';
import { fleetListWords } from './words.ts';

/** Which alerts hold, and on how many devices. */
export function AlertCounts({
  fleet: { alerts },
  chosen,
}: {
  readonly fleet: OverviewReply;
  readonly chosen: string | undefined;
}) {
  const words = useWords(fleetListWords);
  const { severities } = useWords(fleetWords);
  const nameOf = useAlertName();
  return (
    <Card title={words.alerts} hint={alerts.length === 0 ? undefined : words.alertsHint}>
      <Table
        caption={words.alerts}
        rows={alerts}
        keyOf={({ code }) => code}
        empty={words.noAlerts}
        columns={[
          {
            title: words.alert,
            cell: ({ code }) => (
              <button
                type="button"
                class="link"
                aria-pressed={code === chosen}
                onClick={() => choose({ alert: code === chosen ? undefined : code })}
              >
                {nameOf(code)}
              </button>
            ),
          },
          {
            title: words.severity,
            cell: ({ severity }) => <Badge text={severities[severity]} standing={SEVERITY_STANDINGS[severity]} />,
          },
          { title: words.devices, cell: ({ devices }) => number(devices), isNumber: true },
          { title: words.since, cell: ({ since }) => ago(since), isMinor: true },
        ]}
      />
    </Card>
  );
}
