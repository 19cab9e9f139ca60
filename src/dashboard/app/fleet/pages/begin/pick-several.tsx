import { useWords } from '../../../words/language.ts';
import { beginWords } from './words.ts';

interface PickSeveralProps {
  readonly label: string;
  readonly chosen: readonly string[];
  /** By value what it is called. */
  readonly options: Readonly<Record<string, string>>;
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Several of many: one after the other is added, and each can be taken out again. */
export function PickSeveral({ label, chosen, options, onChange }: PickSeveralProps) {
  const words = useWords(beginWords);
  const nameOf = (value: string): string => options[value] ?? value;
  return (
    <div class="typed">
      <label>
        {label}
        <select
          value=""
          onChange={({ currentTarget }) => {
            if (currentTarget.value !== '') onChange([...chosen, currentTarget.value]);
            currentTarget.value = '';
          }}
        >
          <option value="">{words.add}</option>
          {Object.entries(options)
            .filter(([value]) => !chosen.includes(value))
            .map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
        </select>
      </label>
      {chosen.length > 0 && (
        <div class="chips">
          {chosen.map((value) => (
            <button
              key={value}
              type="button"
              aria-label={words.remove(nameOf(value))}
              onClick={() => onChange(chosen.filter((one) => one !== value))}
            >
              {nameOf(value)} <span aria-hidden="true">×</span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
