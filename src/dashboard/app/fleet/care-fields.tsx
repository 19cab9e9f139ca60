import { useWords } from '../words/language.ts';
import type { TypedCare } from './asked-care.ts';
import { careWords } from './care-words.ts';
import { TypedField } from './typed-field.tsx';

interface CareFieldsProps {
  readonly typed: TypedCare;
  /** Which field cannot be used; null: all can. */
  readonly wrong: keyof TypedCare | null;
  readonly onChange: (typed: TypedCare) => void;
}

/** Stages, how long devices are looked at, and when it is halted. */
export function CareFields({ typed, wrong, onChange }: CareFieldsProps) {
  const words = useWords(careWords);
  const field = (name: keyof TypedCare, hint?: string, mode: 'text' | 'decimal' = 'decimal') => (
    <TypedField
      label={words[name]}
      hint={hint}
      value={typed[name]}
      isWrong={wrong === name}
      mode={mode}
      onInput={(value) => onChange({ ...typed, [name]: value })}
    />
  );
  return (
    <div class="fields">
      {field('stages', words.stagesHint, 'text')}
      {field('watch', words.watchHint)}
      {field('failures', words.failuresHint)}
      {field('within')}
      {field('note', undefined, 'text')}
      {wrong !== null && (
        <p class="problem" role="alert">
          {words.wrong[wrong]}
        </p>
      )}
    </div>
  );
}
