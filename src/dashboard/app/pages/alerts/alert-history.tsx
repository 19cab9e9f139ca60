import { useState } from 'preact/hooks';
import type { AlertHistoryView, AlertStepView, AlertsView } from '../../../api/alerts.ts';
import { useApi } from '../../data/api.ts';
import { replaceWords, useAddress } from '../../frame/address.ts';
import { Badge } from '../../kit/badge.tsx';
import { Card } from '../../kit/card.tsx';
import { Choice } from '../../kit/choice.tsx';
import { Said } from '../../kit/said.tsx';
import { Answered } from '../../kit/state.tsx';
import { Table } from '../../kit/table.tsx';
import type { Standing } from '../../kit/tile.tsx';
import { useAlertWords } from '../../words/alert-words.ts';
import { dayAndTime, NONE } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { alertsWords } from './words.ts';

/** What happened to alerts: by time, code and camera. */
export function AlertHistory({ view: { codes, cameras } }: { readonly view: AlertsView }) {
  const words = useWords(alertsWords);
  const wordsOf = useAlertWords();
  const { words: address } = useAddress();
  const [until, setUntil] = useState<number | null>(null);
  const known = Object.fromEntries(codes.map((one) => [one.code, wordsOf(one).name]));
  const since = Object.hasOwn(words.spans, address.get('since') ?? '') ? address.get('since')! : '7d';
  const code = Object.hasOwn(known, address.get('code') ?? '') ? address.get('code')! : '';
  const camera = cameras.includes(address.get('camera') ?? '') ? address.get('camera')! : '';
  const asked = useApi<AlertHistoryView>('/api/v1/alerts/history', {
    words: { since, until, code: code || null, camera: camera || null, limit: 50 },
    everyMs: until === null ? 15_000 : 0,
  });
  const choose = (name: string, value: string): void => {
    setUntil(null);
    replaceWords({ [name]: value === '' ? undefined : value });
  };
  const sorted = Object.entries(known).sort(([, a], [, b]) => a.localeCompare(b));
  return (
    <Card title={words.history}>
      <div class="window">
        <Choice label={words.span} value={since} options={words.spans} onChange={(value) => choose('since', value)} />
        <Choice
          label={words.alert}
          value={code}
          options={{ '': words.any, ...Object.fromEntries(sorted) }}
          onChange={(value) => choose('code', value)}
        />
        <Choice
          label={words.camera}
          value={camera}
          options={{ '': words.any, ...Object.fromEntries(cameras.map((id) => [id, id])) }}
          onChange={(value) => choose('camera', value)}
        />
      </div>
      <Answered asked={asked}>
        {({ steps, next }) => (
          <>
            <Steps steps={steps} names={known} />
            {until !== null && (
              <button type="button" onClick={() => setUntil(null)}>
                {words.first}
              </button>
            )}{' '}
            {next !== null && (
              <button type="button" onClick={() => setUntil(next)}>
                {words.more}
              </button>
            )}
          </>
        )}
      </Answered>
    </Card>
  );
}

interface StepsProps {
  readonly steps: readonly AlertStepView[];
  readonly names: Readonly<Record<string, string>>;
}

function Steps({ steps, names }: StepsProps) {
  const words = useWords(alertsWords);
  return (
    <Table
      caption={words.history}
      rows={steps}
      keyOf={({ at, code, kind, tenant }) => `${at} ${tenant} ${code} ${kind}`}
      empty={words.noSteps}
      columns={[
        { title: words.when, cell: ({ at }) => dayAndTime(at) },
        { title: words.alert, cell: ({ code }) => names[code] ?? code },
        { title: words.what, cell: (step) => <Badge text={words.kind[step.kind]} standing={standingOf(step)} /> },
        { title: words.said, cell: ({ message }) => (message === null ? NONE : <Said text={message} />) },
        { title: words.by, cell: ({ by }) => by ?? '' },
      ]}
    />
  );
}

function standingOf({ kind, severity }: AlertStepView): Standing {
  if (kind === 'cleared') return 'good';
  if (kind !== 'raised' && kind !== 'changed') return 'none';
  return severity === 'critical' ? 'bad' : severity === 'warning' ? 'fair' : 'none';
}
