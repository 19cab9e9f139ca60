import { useState } from 'preact/hooks';
import type { HistoryReply } from '../../../../../collector/api/fleet-shapes.ts';
import { useApi } from '../../../data/api.ts';
import { Card } from '../../../kit/card.tsx';
import { Choice } from '../../../kit/choice.tsx';
import { Answered } from '../../../kit/state.tsx';
import { Table } from '../../../kit/table.tsx';
import { useTimeWords } from '../../../kit/time-window.tsx';
import { useAlertName } from '../../../words/alert-words.ts';
import { dayAndTime, NONE, number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { useVehicleClass } from '../../vehicle-class.ts';
import { deviceFleetWords } from './words.ts';

const EVERY_MS = 15_000;
const MOST_ROWS = 30;

type Row = HistoryReply['rows'][number];

/** What the device told over the time that is chosen, message by message. */
export function DeviceHistory({ path }: { readonly path: string }) {
  const words = useWords(deviceFleetWords);
  const [table, setTable] = useState('events');
  const asked = useApi<HistoryReply>(`${path}/history`, {
    words: { table, ...useTimeWords(), limit: MOST_ROWS },
    everyMs: EVERY_MS,
  });
  const gist = useGist(table);
  return (
    <Card title={words.history}>
      <div class="window">
        <Choice label={words.table} value={table} options={words.tables} onChange={setTable} />
      </div>
      <Answered asked={asked}>
        {({ rows }) => (
          <>
            {rows.length === MOST_ROWS && <p class="soft">{words.newestRows(number(MOST_ROWS))}</p>}
            <Table
              caption={words.history}
              rows={rows}
              keyOf={({ at, stream, n }) => `${at} ${stream} ${n}`}
              empty={words.noRows}
              columns={[
                { title: words.at, cell: ({ at }) => dayAndTime(at) },
                { title: words.of, cell: ({ subject }) => subject ?? NONE },
                {
                  title: words.message,
                  cell: (row) => (
                    <details>
                      <summary>{gist(row)}</summary>
                      <pre class="message">{JSON.stringify(row.message, null, 1)}</pre>
                    </details>
                  ),
                },
              ]}
            />
          </>
        )}
      </Answered>
    </Card>
  );
}

/** A message in some words. */
function useGist(table: string): (row: Row) => string {
  const { kinds, events } = useWords(deviceFleetWords);
  const nameOf = useAlertName();
  const classOf = useVehicleClass();
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const happened = (message: Row['message']): string => {
    const kind = text(message['offence'] ?? message['kind']);
    return events[kind] ?? kind;
  };
  return ({ message, subject, n }) => {
    const parts = {
      events: () => [
        happened(message),
        classOf(text((message['vehicle'] as { class?: unknown } | undefined)?.class)),
        text(message['line'] ?? message['zone']),
        text(message['direction']),
      ],
      alert_log: () => [nameOf(subject ?? ''), kinds[text(message['kind'])] ?? text(message['kind'])],
      trials: () => [text(message['strategy']), text(message['verdict'])],
      command_results: () => [text(message['name']), message['ok'] === false ? text(message['error']) : ''],
    }[table];
    const said = (parts?.() ?? []).filter((part) => part !== '').join(' · ');
    return said === '' ? `n ${n}` : said;
  };
}
