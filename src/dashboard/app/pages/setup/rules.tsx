import { Card } from '../../kit/card.tsx';
import { useWords } from '../../words/language.ts';
import { Problems } from './shape-fields.tsx';
import { type Drawn, type DrawnRule, freeName, newKey } from './shapes.ts';
import { setupWords } from './words.ts';

/** Which keys each offence has, as the schema of the configuration says. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  'wrong-way': ['line', 'direction', 'classes', 'except', 'during'],
  'no-stopping': ['zone', 'longerThanS', 'classes', 'except', 'during'],
  'class-lane': ['zone', 'classes', 'except', 'longerThanS', 'during'],
  'u-turn': ['zone', 'turnDeg', 'classes', 'except', 'during'],
  'red-light': ['line', 'direction', 'signal', 'graceMs', 'classes', 'except', 'during'],
};
const OFFENCE_NAMES = Object.keys(FIELDS);
const NUMBERS = ['longerThanS', 'turnDeg', 'graceMs'];
const LISTS = ['classes', 'except'];

interface RulesProps {
  readonly drawn: Drawn;
  readonly classes: readonly string[];
  readonly problemsOf: (key: string) => readonly string[];
  /** @param of what goes on with this change: the field that is typed in */
  readonly onChange: (rules: readonly DrawnRule[], of?: string) => void;
}

/** What vehicles may not do at the lines and in the zones. */
export function Rules({ drawn, classes, problemsOf, onChange }: RulesProps) {
  const words = useWords(setupWords);
  const { rules } = drawn;
  const add = (): void => {
    const id = freeName(
      rules.map(({ values }) => String(values['id'])),
      'rule',
    );
    onChange([...rules, { key: newKey(), values: { id, offence: 'wrong-way', ...firstLine(drawn) } }]);
  };
  return (
    <Card title={words.rules} hint={words.rulesHint}>
      {rules.length === 0 && <p class="soft">{words.noRules}</p>}
      {rules.map((rule) => (
        <RuleFields
          key={rule.key}
          rule={rule}
          drawn={drawn}
          problems={problemsOf(rule.key)}
          onChange={(values, of) =>
            onChange(
              rules.map((one) => (one === rule ? { ...rule, values } : one)),
              of,
            )
          }
          onRemove={() => onChange(rules.filter((one) => one !== rule))}
        />
      ))}
      {rules.length > 0 && <p class="soft">{words.known(classes.join(', '))}</p>}
      <button type="button" onClick={add}>
        {words.addRule}
      </button>
    </Card>
  );
}

/** Offences that are of one zone; others may be of any. */
const OF_A_ZONE = ['no-stopping', 'class-lane'];

/** Where an offence is committed, so that a rule is whole at once where something is drawn for it. */
function firstPlace(offence: string, drawn: Drawn): Readonly<Record<string, unknown>> {
  const zone = drawn.shapes.find(({ kind }) => kind === 'zone');
  if (OF_A_ZONE.includes(offence)) return zone === undefined ? {} : { zone: zone.id };
  return FIELDS[offence]!.includes('line') ? firstLine(drawn) : {};
}

function firstLine({ shapes }: Drawn): Readonly<Record<string, unknown>> {
  const line = shapes.find(({ kind }) => kind === 'line');
  return line === undefined ? {} : { line: line.id, direction: line.left || 'left' };
}

interface RuleFieldsProps {
  readonly rule: DrawnRule;
  readonly drawn: Drawn;
  readonly problems: readonly string[];
  readonly onChange: (values: DrawnRule['values'], of?: string) => void;
  readonly onRemove: () => void;
}

function RuleFields({ rule: { key: place, values }, drawn, problems, onChange, onRemove }: RuleFieldsProps) {
  const words = useWords(setupWords);
  const offence = String(values['offence'] ?? '');
  const shown = FIELDS[offence] ?? [];
  const put = (key: string, value: unknown): void => {
    const { [key]: _before, ...others } = values;
    onChange(value === '' || value === undefined ? others : { ...others, [key]: value }, `${place} ${key}`);
  };
  /** What is of the offence before is not of the next. */
  const choose = (next: string): void => {
    const kept = Object.entries(values).filter(([key]) => key === 'id' || FIELDS[next]!.includes(key));
    onChange({ ...firstPlace(next, drawn), ...Object.fromEntries(kept), offence: next });
  };
  return (
    <fieldset class={problems.length > 0 ? 'fields wrong' : 'fields'}>
      <legend>{String(values['id'] ?? '')}</legend>
      <Problems problems={problems} />
      <div class="pair">
        <label>
          {words.name}
          <input value={String(values['id'] ?? '')} onInput={({ currentTarget }) => put('id', currentTarget.value)} />
        </label>
        <label>
          {words.offence}
          <select value={offence} onChange={({ currentTarget }) => choose(currentTarget.value)}>
            {[...new Set([offence, ...OFFENCE_NAMES])].map((one) => (
              <option key={one} value={one}>
                {words.offences[one] ?? one}
              </option>
            ))}
          </select>
        </label>
        {shown.map((key) => (
          <label key={key} htmlFor={`${place} ${key}`}>
            {words.fields[key]}
            <Field
              id={`${place} ${key}`}
              name={key}
              value={values[key]}
              choices={choicesOf(key, values, drawn)}
              isAnywhere={key === 'zone' && !OF_A_ZONE.includes(offence)}
              onPut={(value) => put(key, value)}
            />
          </label>
        ))}
      </div>
      <div class="buttons">
        <button type="button" class="danger" onClick={onRemove}>
          {words.remove}
        </button>
      </div>
    </fieldset>
  );
}

/** What may be chosen; null where it is written. */
function choicesOf(key: string, values: DrawnRule['values'], { shapes }: Drawn): readonly string[] | null {
  if (key === 'line' || key === 'zone') return shapes.filter(({ kind }) => kind === key).map(({ id }) => id);
  if (key !== 'direction') return null;
  const line = shapes.find(({ kind, id }) => kind === 'line' && id === values['line']);
  return line === undefined ? [] : [line.left || 'left', line.right || 'right'];
}

interface FieldProps {
  readonly id: string;
  readonly name: string;
  readonly value: unknown;
  readonly choices: readonly string[] | null;
  /** Whether no choice is one too. */
  readonly isAnywhere: boolean;
  readonly onPut: (value: unknown) => void;
}

function Field({ id, name, value, choices, isAnywhere, onPut }: FieldProps) {
  const words = useWords(setupWords);
  if (choices !== null) {
    const chosen = String(value ?? '');
    return (
      <select id={id} value={chosen} onChange={({ currentTarget }) => onPut(currentTarget.value)}>
        {[...new Set(['', chosen, ...choices])].map((one) => (
          <option key={one} value={one}>
            {one === '' ? (isAnywhere ? words.anywhere : '–') : one}
          </option>
        ))}
      </select>
    );
  }
  if (NUMBERS.includes(name)) {
    return (
      <input
        id={id}
        type="number"
        value={value === undefined ? '' : String(value)}
        onInput={({ currentTarget }) => onPut(currentTarget.value === '' ? '' : Number(currentTarget.value))}
      />
    );
  }
  if (LISTS.includes(name)) {
    const names = (text: string): unknown => {
      const all = text.split(',').map((one) => one.trim());
      return all.every((one) => one === '') ? '' : all.filter((one) => one !== '');
    };
    return (
      <input
        id={id}
        defaultValue={Array.isArray(value) ? value.join(', ') : ''}
        onChange={({ currentTarget }) => onPut(names(currentTarget.value))}
      />
    );
  }
  return <input id={id} value={String(value ?? '')} onInput={({ currentTarget }) => onPut(currentTarget.value)} />;
}
