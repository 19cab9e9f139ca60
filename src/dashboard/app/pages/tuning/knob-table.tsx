import { useState } from 'preact/hooks';
import type { KnobChanged, KnobView, TuningView } from '../../../api/tuning.ts';
import { post } from '../../data/api.ts';
import { Card } from '../../kit/card.tsx';
import { Choice } from '../../kit/choice.tsx';
import { Confirm } from '../../kit/state.tsx';
import { Table } from '../../kit/table.tsx';
import { dayAndTime, NONE, number } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { tuningWords } from './words.ts';

const SECONDS = { h1: 3600, h8: 28_800, d1: 86_400, d7: 604_800 } as const;
type Length = keyof typeof SECONDS;

interface KnobTableProps {
  readonly view: TuningView;
  readonly onChanged: () => void;
}

/** Where each knob stands, who holds it, and holding it. */
export function KnobTable({ view: { knobs }, onChanged }: KnobTableProps) {
  const words = useWords(tuningWords);
  const [isLate, setLate] = useState(false);
  const changed = ({ state }: KnobChanged): void => {
    setLate(state === 'applying');
    onChanged();
  };
  return (
    <Card title={words.knobs} hint={words.knobsHint}>
      {isLate && <p role="status">{words.applying}</p>}
      <Table
        caption={words.knobs}
        rows={knobs}
        keyOf={({ name }) => name}
        columns={[
          { title: words.name, cell: ({ name }) => words.knob[name] },
          { title: words.stands, cell: valueText },
          {
            title: words.holder,
            cell: (knob) => (
              <>
                <Holder knob={knob} />
                <div class="buttons">
                  <Hold knob={knob} onChanged={changed} />
                </div>
              </>
            ),
          },
        ]}
      />
    </Card>
  );
}

function valueText({ value, unit }: KnobView): string {
  if (value === null) return NONE;
  if (typeof value === 'string') return value;
  // of a count the knob's name says what it counts
  return unit === 'ms' || unit === '%' ? `${number(value)} ${unit}` : number(value);
}

function Holder({ knob: { pin } }: { readonly knob: KnobView }) {
  const words = useWords(tuningWords);
  if (pin === null) return <span class="soft">{words.free}</span>;
  if (pin.by === 'configuration') return <>{words.byConfiguration}</>;
  if (pin.by === 'strategy-off') return <>{words.byStrategyOff}</>;
  return <>{words.byCommand(pin.who ?? NONE, dayAndTime(pin.until))}</>;
}

interface HoldProps {
  readonly knob: KnobView;
  readonly onChanged: (changed: KnobChanged) => void;
}

function Hold({ knob, onChanged }: HoldProps) {
  const words = useWords(tuningWords);
  const name = words.knob[knob.name];
  const [wanted, setWanted] = useState<string | null>(null);
  const [length, setLength] = useState<Length>('h8');
  if (knob.setting === null || knob.value === null || knob.pin?.by === 'configuration') return null;
  if (knob.pin?.by === 'command') {
    return (
      <Confirm
        label={words.release}
        question={words.releaseQuestion(name)}
        action={words.release}
        onConfirm={async () => onChanged(await post<KnobChanged>('/api/v1/tuning/unpin', { knob: knob.name }))}
      />
    );
  }
  const text = wanted ?? String(knob.value);
  const value = typeof knob.value === 'number' && text.trim() !== '' ? Number(text) : text;
  return (
    <Confirm
      label={words.hold}
      title={words.holdTitle(name)}
      question={words.holdQuestion}
      action={words.hold}
      onConfirm={async () => {
        const body = { knob: knob.name, value, forS: SECONDS[length] };
        onChanged(await post<KnobChanged>('/api/v1/tuning/pin', body));
        setWanted(null);
      }}
    >
      <ValueField knob={knob} text={text} onChange={setWanted} />
      <Choice
        label={words.forHow}
        value={length}
        options={words.hours}
        onChange={(value) => setLength(value as Length)}
      />
    </Confirm>
  );
}

interface ValueFieldProps {
  readonly knob: KnobView;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

function ValueField({ knob: { choices, least, most, unit }, text, onChange }: ValueFieldProps) {
  const words = useWords(tuningWords);
  if (choices !== null) {
    const options = Object.fromEntries(choices.map((choice) => [choice, choice]));
    return <Choice label={words.value} value={text} options={options} onChange={onChange} />;
  }
  const range = least === null || most === null ? '' : ` (${words.range(number(least), number(most))} ${unit ?? ''})`;
  return (
    <label>
      {words.value}
      {range}
      <input inputMode="numeric" value={text} onInput={({ currentTarget }) => onChange(currentTarget.value)} />
    </label>
  );
}
