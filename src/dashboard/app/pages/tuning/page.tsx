import type { TuningView } from '../../../api/tuning.ts';
import { useApi } from '../../data/api.ts';
import { Card } from '../../kit/card.tsx';
import { Said } from '../../kit/said.tsx';
import { Answered } from '../../kit/state.tsx';
import { Table } from '../../kit/table.tsx';
import { duration, number } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { KnobTable } from './knob-table.tsx';
import { Ledger } from './ledger.tsx';
import { PointFront } from './point-front.tsx';
import { TuningState } from './tuning-state.tsx';
import { UnderWay } from './under-way.tsx';
import { tuningWords } from './words.ts';

/** How the device tunes itself: where the knobs stand and why, what is tried, and what came of it. */
export default function Tuning() {
  const tuning = useApi<TuningView>('/api/v1/tuning', { everyMs: 5000 });
  return (
    <Answered asked={tuning}>
      {(view) => (
        <>
          <TuningState view={view} />
          <UnderWay view={view} onChanged={tuning.reload} />
          <PointFront view={view} />
          <KnobTable view={view} onChanged={tuning.reload} />
          <Ledger reversible={view.reversible.join()} onChanged={tuning.reload} />
          <HeldOff view={view} />
          <Strategies view={view} />
        </>
      )}
    </Answered>
  );
}

function HeldOff({ view: { heldOff } }: { readonly view: TuningView }) {
  const words = useWords(tuningWords);
  if (heldOff.length === 0) return null;
  return (
    <Card title={words.heldOff} hint={words.heldOffHint}>
      <Table
        caption={words.heldOff}
        rows={heldOff}
        keyOf={({ point }) => point}
        columns={[
          { title: words.points, cell: ({ point }) => <code>{point}</code> },
          { title: words.reason, cell: ({ reason }) => <Said text={reason} /> },
          { title: words.failures, cell: ({ failures }) => number(failures), isNumber: true },
          { title: words.again, cell: ({ forS }) => duration(forS), isNumber: true },
        ]}
      />
    </Card>
  );
}

function Strategies({ view: { strategies, measuring } }: { readonly view: TuningView }) {
  const words = useWords(tuningWords);
  const state = words.measuringState[measuring.state as keyof typeof words.measuringState] ?? measuring.state;
  return (
    <Card title={words.strategies}>
      <Table
        caption={words.strategies}
        rows={strategies}
        keyOf={({ name }) => name}
        columns={[
          { title: words.what, cell: ({ name }) => words.strategy[name] },
          {
            title: words.standing,
            cell: ({ name, isEnabled, note }) =>
              isEnabled ? (
                note === null ? (
                  words.strategyOn
                ) : (
                  <Said text={note} />
                )
              ) : (
                words.strategyOff(`optimization.${name}`)
              ),
          },
        ]}
      />
      <p>
        <strong>{words.measuring}:</strong> {state}
        {measuring.left !== null && measuring.left > 0 && `, ${words.left(number(measuring.left))}`}
        {measuring.detail !== '' && (
          <span class="soft">
            {' '}
            (<Said text={measuring.detail} />)
          </span>
        )}
      </p>
    </Card>
  );
}
