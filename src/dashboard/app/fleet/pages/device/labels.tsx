import { useEffect, useState } from 'preact/hooks';
import type { LabelsReply } from '../../../../../collector/api/action-shapes.ts';
import type { DeviceNowReply } from '../../../../../collector/api/overview-shapes.ts';
import { post, type Trouble, troubleOf } from '../../../data/api.ts';
import { Card } from '../../../kit/card.tsx';
import { Problem } from '../../../kit/state.tsx';
import { useWords } from '../../../words/language.ts';
import { useWhoAmI } from '../../may-change.ts';
import { deviceFleetWords } from './words.ts';

const MOST_LENGTH = 63;

/** Labels that operators gave the device, and giving and taking them for who may; a tenant is shown nothing of them. */
export function DeviceLabels({ now: { site, device, labels } }: { readonly now: DeviceNowReply }) {
  const words = useWords(deviceFleetWords);
  const who = useWhoAmI();
  const name = `${site}/${device}`;
  /** What the collector answered last, until it tells so by itself. */
  const [changed, setChanged] = useState<readonly string[] | null>(null);
  const [typed, setTyped] = useState('');
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  useEffect(() => setChanged(null), [name, labels.join(' ')]);
  if (who === null || who.tenant !== null) return null;
  const change = async (what: { readonly add?: string[]; readonly remove?: string[] }): Promise<void> => {
    setTrouble(null);
    try {
      const reply = await post<LabelsReply>('/api/v1/fleet/labels', { devices: [name], ...what });
      setChanged(reply.labels[name] ?? []);
      setTyped('');
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  };
  const shown = changed ?? labels;
  return (
    <Card title={words.labels} hint={words.labelsHint}>
      {shown.length === 0 ? (
        <p class="soft">{words.noLabels}</p>
      ) : (
        <p>
          {shown.map((label) => (
            <span key={label} class="tag">
              {label}
              {who.mayChange && (
                <button
                  type="button"
                  class="link"
                  aria-label={words.takeLabel(label)}
                  onClick={() => void change({ remove: [label] })}
                >
                  ×
                </button>
              )}
            </span>
          ))}
        </p>
      )}
      {who.mayChange && (
        <form
          class="window"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed.trim() !== '') void change({ add: [typed.trim()] });
          }}
        >
          <label>
            {words.addLabel}
            <input
              type="text"
              value={typed}
              maxLength={MOST_LENGTH}
              pattern="[A-Za-z0-9][A-Za-z0-9_\-]*"
              title={words.labelForm}
              onInput={({ currentTarget }) => setTyped(currentTarget.value)}
            />
          </label>
          <button type="submit">{words.add}</button>
        </form>
      )}
      {trouble !== null && <Problem trouble={trouble} />}
    </Card>
  );
}
