import { useState } from 'preact/hooks';
import { post } from '../../data/api.ts';
import { Choice } from '../../kit/choice.tsx';
import { Confirm } from '../../kit/state.tsx';
import { useWords } from '../../words/language.ts';
import { alertsWords } from './words.ts';

interface ButtonProps {
  readonly alert: { readonly code: string; readonly tenant: string | null };
  readonly onChanged: () => void;
}

const USUAL_LENGTH = '28800';
const NAME_KEY = 'edge-optimizer-name';

/** Says that somebody cares for an alert. */
export function Acknowledge({ alert, onChanged }: ButtonProps) {
  const words = useWords(alertsWords);
  const [by, setBy] = useName();
  return (
    <Confirm
      label={words.acknowledge}
      question={words.acknowledgeQuestion}
      action={words.acknowledge}
      onConfirm={async () => {
        await post('/api/v1/alerts/acknowledge', bodyOf(alert, by || words.whoDefault));
        onChanged();
      }}
    >
      <NameField by={by} onChange={setBy} />
    </Confirm>
  );
}

/** Has nobody told of an alert for a time. */
export function Snooze({ alert, onChanged }: ButtonProps) {
  const words = useWords(alertsWords);
  const [by, setBy] = useName();
  const [length, setLength] = useState(USUAL_LENGTH);
  return (
    <Confirm
      label={words.snooze}
      question={words.snoozeQuestion}
      action={words.snooze}
      onConfirm={async () => {
        await post('/api/v1/alerts/snooze', { ...bodyOf(alert, by || words.whoDefault), forS: Number(length) });
        onChanged();
      }}
    >
      <Choice label={words.forHow} value={length} options={words.lengths} onChange={setLength} />
      <NameField by={by} onChange={setBy} />
    </Confirm>
  );
}

/** Has an alert told again that was silenced. */
export function Wake({ alert, onChanged }: ButtonProps) {
  const words = useWords(alertsWords);
  return (
    <Confirm
      label={words.wake}
      question={words.wakeQuestion}
      action={words.wake}
      onConfirm={async () => {
        await post('/api/v1/alerts/snooze', { ...bodyOf(alert, words.whoDefault), forS: 0 });
        onChanged();
      }}
    />
  );
}

function NameField({ by, onChange }: { readonly by: string; readonly onChange: (by: string) => void }) {
  const words = useWords(alertsWords);
  return (
    <label>
      {words.who}
      <input
        value={by}
        maxLength={64}
        autoComplete="name"
        placeholder={words.whoDefault}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </label>
  );
}

/** What somebody calls themselves, as they did last time. */
function useName(): [string, (name: string) => void] {
  const [name, setName] = useState(localStorage.getItem(NAME_KEY) ?? '');
  const remember = (next: string): void => {
    localStorage.setItem(NAME_KEY, next);
    setName(next);
  };
  return [name, remember];
}

const bodyOf = ({ code, tenant }: ButtonProps['alert'], by: string): object => ({
  code,
  by,
  ...(tenant !== null && { tenant }),
});
