import type { ActionReply } from '../../../../../collector/api/action-shapes.ts';
import { post } from '../../../data/api.ts';
import { Confirm } from '../../../kit/state.tsx';
import { number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { oneActionWords } from './words.ts';

interface DecideProps {
  readonly action: ActionReply;
  readonly onDecided: () => void;
}

/** Has a halted action go on, or ends one. */
export function DecideAction({ action: { id, state, devices }, onDecided }: DecideProps) {
  const words = useWords(oneActionWords);
  const decide = (verb: 'resume' | 'abort') => async (): Promise<void> => {
    await post(`/api/v1/fleet/actions/${encodeURIComponent(id)}/${verb}`);
    onDecided();
  };
  const failed = devices.failed + devices.refused + devices.unwell;
  const open = devices.waiting + devices.sent + devices.accepted;
  return (
    <div class="buttons">
      {state === 'halted' && (
        <Confirm
          label={words.resume}
          question={words.resumeQuestion(number(failed))}
          action={words.resume}
          onConfirm={decide('resume')}
        />
      )}
      <Confirm
        label={words.abort}
        question={words.abortQuestion(number(open))}
        action={words.abort}
        onConfirm={decide('abort')}
        isDangerous
      />
    </div>
  );
}
