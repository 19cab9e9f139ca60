import { useState } from 'preact/hooks';
import type { TakenBack, TrialView } from '../../../api/tuning.ts';
import { post } from '../../data/api.ts';
import { Confirm } from '../../kit/state.tsx';
import { useWords } from '../../words/language.ts';
import { useSaid } from '../../words/said.ts';
import { tuningWords } from './words.ts';

interface TakeBackProps {
  readonly trial: Pick<TrialView, 'id' | 'from' | 'to'>;
  readonly onChanged: () => void;
}

/** Takes a trial back, once it was asked whether that is wanted. */
export function TakeBack({ trial, onChanged }: TakeBackProps) {
  const words = useWords(tuningWords);
  const said = useSaid();
  const [isLate, setLate] = useState(false);
  return (
    <>
      <Confirm
        label={words.takeBack}
        question={words.takeBackQuestion(said(trial.from), said(trial.to))}
        action={words.takeBack}
        isDangerous
        onConfirm={async () => {
          const { state } = await post<TakenBack>('/api/v1/tuning/rollback', { trial: trial.id });
          setLate(state === 'applying');
          onChanged();
        }}
      />
      {isLate && <p role="status">{words.applying}</p>}
    </>
  );
}
