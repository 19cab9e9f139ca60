import { Card } from '../../../kit/card.tsx';
import { Choice } from '../../../kit/choice.tsx';
import { useWords } from '../../../words/language.ts';
import { TypedField } from '../../typed-field.tsx';
import { fieldsOf, OFFERED_COMMANDS, type OfferedName } from './commands.ts';
import { beginWords } from './words.ts';

interface CommandFieldsProps {
  readonly command: OfferedName;
  /** By the name of the field. */
  readonly typed: Readonly<Record<string, string>>;
  /** Name of a field that cannot be used; null: all can. */
  readonly wrong: string | null;
  readonly onCommand: (command: OfferedName) => void;
  readonly onTyped: (typed: Readonly<Record<string, string>>) => void;
}

/** Which command, and what it takes. */
export function CommandFields({ command, typed, wrong, onCommand, onTyped }: CommandFieldsProps) {
  const words = useWords(beginWords);
  return (
    <Card title={words.what}>
      <div class="fields">
        <div class="typed">
          <Choice
            label={words.command}
            value={command}
            options={Object.fromEntries(Object.keys(OFFERED_COMMANDS).map((name) => [name, name]))}
            onChange={(name) => onCommand(name as OfferedName)}
          />
          <span class="soft">{words.commands[command]}</span>
        </div>
        {fieldsOf(command).map(({ name, kind, isNeeded }) => {
          const label = words.fields[name] ?? name;
          return kind === 'flag' ? (
            <label key={name} class="tick">
              <input
                type="checkbox"
                checked={typed[name] === 'yes'}
                onChange={({ currentTarget }) => onTyped({ ...typed, [name]: currentTarget.checked ? 'yes' : '' })}
              />{' '}
              {label}
            </label>
          ) : (
            <TypedField
              key={name}
              label={isNeeded ? words.needed(label) : label}
              value={typed[name] ?? ''}
              isWrong={wrong === name}
              isLong={kind === 'settings'}
              mode={kind === 'number' ? 'decimal' : name === 'url' ? 'url' : 'text'}
              maxLength={kind === 'settings' ? 20_000 : 1000}
              onInput={(value) => onTyped({ ...typed, [name]: value })}
            />
          );
        })}
      </div>
      {wrong !== null && (
        <p class="problem" role="alert">
          {words.wrongField(words.fields[wrong] ?? wrong)}
        </p>
      )}
    </Card>
  );
}
