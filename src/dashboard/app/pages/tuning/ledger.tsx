import { useEffect, useRef, useState } from 'preact/hooks';
import type { TrialsView } from '../../../api/tuning.ts';
import { useApi } from '../../data/api.ts';
import { replaceWords, useAddress } from '../../frame/address.ts';
import { Badge } from '../../kit/badge.tsx';
import { Card } from '../../kit/card.tsx';
import { Choice } from '../../kit/choice.tsx';
import { Said } from '../../kit/said.tsx';
import { Answered, Empty } from '../../kit/state.tsx';
import { Table } from '../../kit/table.tsx';
import type { Standing } from '../../kit/tile.tsx';
import { dayAndTime, NONE, number } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { TakeBack } from './take-back.tsx';
import { tuningWords } from './words.ts';

type Row = TrialsView['trials'][number];

const ON_A_PAGE = 20;
const STANDINGS: Readonly<Record<string, Standing>> = { kept: 'good', 'rolled-back': 'fair', expired: 'none' };

interface LedgerProps {
  /** Changes where something can be taken back that could not before, or the other way round. */
  readonly reversible: string;
  readonly onChanged: () => void;
}

/** What was tried, with the scores before and after, and why. */
export function Ledger({ reversible, onChanged }: LedgerProps) {
  const words = useWords(tuningWords);
  const { words: address } = useAddress();
  const [skip, setSkip] = useState(0);
  const strategy = chosen(address.get('strategy'), words.strategy);
  const verdict = chosen(address.get('verdict'), words.verdict);
  const since = chosen(address.get('since'), words.spans) ?? '7d';
  const asked = useApi<TrialsView>('/api/v1/trials', {
    words: { strategy, verdict, since, skip, limit: ON_A_PAGE },
    everyMs: 30_000,
    keeps: true,
  });
  const before = useRef(reversible);
  useEffect(() => {
    if (before.current !== reversible) asked.reload();
    before.current = reversible;
  }, [reversible]);
  const choose = (name: string, value: string): void => {
    setSkip(0);
    replaceWords({ [name]: value === '' ? undefined : value });
  };
  return (
    <Card title={words.ledger} hint={words.ledgerHint}>
      <div class="window">
        <Choice label={words.span} value={since} options={words.spans} onChange={(value) => choose('since', value)} />
        <Choice
          label={words.filterStrategy}
          value={strategy ?? ''}
          options={{ '': words.any, ...words.strategy }}
          onChange={(value) => choose('strategy', value)}
        />
        <Choice
          label={words.filterVerdict}
          value={verdict ?? ''}
          options={{ '': words.any, ...words.verdict }}
          onChange={(value) => choose('verdict', value)}
        />
      </div>
      <Answered asked={asked}>
        {({ trials, total, skipped }) =>
          trials.length === 0 ? (
            <Empty title={words.noTrials}>
              <p>{words.noTrialsHint}</p>
            </Empty>
          ) : (
            <>
              <TrialTable trials={trials} onChanged={onChanged} />
              <p>
                {words.shown(number(skipped + 1), number(skipped + trials.length), number(total))}{' '}
                <button
                  type="button"
                  disabled={skipped === 0}
                  onClick={() => setSkip(Math.max(0, skipped - ON_A_PAGE))}
                >
                  {words.newer}
                </button>{' '}
                <button
                  type="button"
                  disabled={skipped + trials.length >= total}
                  onClick={() => setSkip(skipped + ON_A_PAGE)}
                >
                  {words.older}
                </button>
              </p>
            </>
          )
        }
      </Answered>
    </Card>
  );
}

function TrialTable({ trials, onChanged }: { readonly trials: readonly Row[]; readonly onChanged: () => void }) {
  const words = useWords(tuningWords);
  return (
    <Table
      caption={words.ledger}
      rows={trials}
      keyOf={({ id }) => id}
      columns={[
        { title: words.when, cell: ({ startedAt }) => dayAndTime(startedAt) },
        { title: words.what, cell: ({ strategy }) => words.strategy[strategy] },
        { title: words.change, cell: (trial) => <ChangeCell trial={trial} /> },
        { title: words.beforeAfter, cell: scoresOf, isNumber: true },
        { title: words.outcome, cell: (trial) => <OutcomeCell trial={trial} onChanged={onChanged} /> },
      ]}
    />
  );
}

function ChangeCell({ trial: { from, to, reason, why } }: { readonly trial: Row }) {
  const words = useWords(tuningWords);
  return (
    <>
      <strong>
        <Said text={to} />
      </strong>{' '}
      ← <Said text={from} />
      <details>
        <summary>{words.reason}</summary>
        <p>
          <Said text={reason} />
        </p>
        {why !== null && (
          <p>
            {words.verdictWhy}: <Said text={why} />
          </p>
        )}
      </details>
    </>
  );
}

const scoresOf = ({ before, after }: Row): string =>
  before === null && after === null ? NONE : `${number(before?.value, 3)} → ${number(after?.value, 3)}`;

function OutcomeCell({ trial, onChanged }: { readonly trial: Row; readonly onChanged: () => void }) {
  const words = useWords(tuningWords);
  const verdict = trial.verdict ?? 'under-way';
  return (
    <>
      <Badge text={words.verdict[verdict]} standing={STANDINGS[verdict] ?? 'none'} />
      {trial.isEmergency && (
        <>
          {' '}
          <Badge text={words.emergency} standing="fair" />
        </>
      )}
      {trial.isReversible && (
        <div class="buttons">
          <TakeBack trial={trial} onChanged={onChanged} />
        </div>
      )}
    </>
  );
}

/** What the address says, where it is one of these; others may have typed it. */
const chosen = (text: string | null, known: object): string | undefined =>
  text !== null && Object.hasOwn(known, text) ? text : undefined;
