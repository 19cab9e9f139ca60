import type { TrialView, TuningView } from '../../../api/tuning.ts';
import { Badge } from '../../kit/badge.tsx';
import { Card } from '../../kit/card.tsx';
import { Said } from '../../kit/said.tsx';
import { dayAndTime } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { TakeBack } from './take-back.tsx';
import { tuningWords } from './words.ts';

interface UnderWayProps {
  readonly view: TuningView;
  readonly onChanged: () => void;
}

/** What is being tried now, and what could not be taken back. */
export function UnderWay({ view: { underWay, stuck, reversible }, onChanged }: UnderWayProps) {
  const words = useWords(tuningWords);
  return (
    <Card title={words.underWay}>
      {underWay.length === 0 && <p class="soft">{words.nothingTried}</p>}
      <ul class="plain">
        {[...underWay, ...stuck].map((trial) => (
          <li key={trial.id}>
            <Running trial={trial} isStuck={trial.verdict !== null} />
            {reversible.includes(trial.id) && <TakeBack trial={trial} onChanged={onChanged} />}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Running({ trial, isStuck }: { readonly trial: TrialView; readonly isStuck: boolean }) {
  const words = useWords(tuningWords);
  return (
    <>
      <p>
        <Badge text={words.strategy[trial.strategy]} standing={isStuck ? 'bad' : 'none'} />{' '}
        <strong>
          <Said text={trial.to} />
        </strong>{' '}
        ← <Said text={trial.from} />{' '}
        <span class="soft">
          {words.since} {dayAndTime(trial.startedAt)}
        </span>
      </p>
      {isStuck && <p>{words.stuck}</p>}
      <p class="soft">
        <Said text={trial.reason} />
      </p>
    </>
  );
}
