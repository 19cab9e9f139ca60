import { useId } from 'preact/hooks';

interface TypedFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** Under the field: what belongs there. */
  readonly hint?: string | undefined;
  /** Whether what stands there cannot be used. */
  readonly isWrong?: boolean;
  readonly mode?: 'text' | 'decimal' | 'url';
  readonly maxLength?: number;
  /** Several lines. */
  readonly isLong?: boolean;
}

/** A line of text, or several, with what belongs there. */
export function TypedField({
  label,
  value,
  onInput,
  hint,
  isWrong = false,
  mode = 'text',
  maxLength = 500,
  isLong = false,
}: TypedFieldProps) {
  const id = useId();
  const same = {
    value,
    maxLength,
    autocomplete: 'off' as const,
    spellcheck: false,
    'aria-invalid': isWrong,
    ...(hint !== undefined && { 'aria-describedby': id }),
  };
  return (
    <div class="typed">
      {isLong ? (
        <label>
          {label}
          <textarea rows={3} {...same} onInput={({ currentTarget }) => onInput(currentTarget.value)} />
        </label>
      ) : (
        <label>
          {label}
          <input type="text" inputMode={mode} {...same} onInput={({ currentTarget }) => onInput(currentTarget.value)} />
        </label>
      )}
      {hint !== undefined && (
        <span class="soft" id={id}>
          {hint}
        </span>
      )}
    </div>
  );
}
