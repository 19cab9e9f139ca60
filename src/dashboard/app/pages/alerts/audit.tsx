import { useState } from 'preact/hooks';
import type { AuditView, ChangeView } from '../../../api/alerts.ts';
import { useApi } from '../../data/api.ts';
import { Badge } from '../../kit/badge.tsx';
import { Card } from '../../kit/card.tsx';
import { Answered } from '../../kit/state.tsx';
import { Table } from '../../kit/table.tsx';
import type { Standing } from '../../kit/tile.tsx';
import { dayAndTime } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { alertsWords } from './words.ts';

const STANDINGS: Readonly<Record<ChangeView['state'], Standing>> = {
  done: 'good',
  refused: 'bad',
  'under-way': 'fair',
};

/** Who changed and commanded what, and what became of it. */
export function Audit() {
  const words = useWords(alertsWords);
  const [before, setBefore] = useState<number | null>(null);
  const asked = useApi<AuditView>('/api/v1/audit', {
    words: { before, limit: 25 },
    everyMs: before === null ? 15_000 : 0,
  });
  return (
    <Card title={words.audit} hint={words.auditHint}>
      {asked.trouble?.kind === 'forbidden' ? (
        <p class="soft">{words.operatorOnly}</p>
      ) : (
        <Answered asked={asked}>
          {({ changes, next }) => (
            <>
              <Changes changes={changes} />
              {before !== null && (
                <button type="button" onClick={() => setBefore(null)}>
                  {words.first}
                </button>
              )}{' '}
              {next !== null && (
                <button type="button" onClick={() => setBefore(next)}>
                  {words.more}
                </button>
              )}
            </>
          )}
        </Answered>
      )}
    </Card>
  );
}

function Changes({ changes }: { readonly changes: readonly ChangeView[] }) {
  const words = useWords(alertsWords);
  return (
    <Table
      caption={words.audit}
      rows={changes}
      keyOf={({ at, who, what }) => `${at} ${who} ${what}`}
      empty={words.noChanges}
      columns={[
        { title: words.when, cell: ({ at }) => dayAndTime(at) },
        { title: words.by, cell: ({ who }) => <code>{who}</code> },
        { title: words.command, cell: ({ what }) => what },
        { title: words.body, cell: ({ body }) => <code>{body}</code> },
        {
          title: words.outcome,
          cell: ({ state, answer }) => (
            <>
              <Badge text={words.state[state]} standing={STANDINGS[state]} /> {state === 'refused' && answer}
            </>
          ),
        },
      ]}
    />
  );
}
