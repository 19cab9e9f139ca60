import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Asked, Trouble } from '../data/api.ts';
import { useApp } from '../frame/app.ts';
import { TokenForm } from '../frame/settings.tsx';
import { frameWords } from '../frame/words.ts';
import { dayAndTime } from '../words/formats.ts';
import { useWords } from '../words/language.ts';
import { Coded } from './coded.tsx';
import { Said } from './said.tsx';

/** What was asked for, once it is there; until then, and where it fails, what there is to say. */
export function Answered<T>({
  asked,
  children,
}: {
  readonly asked: Asked<T>;
  readonly children: (data: T) => ComponentChildren;
}) {
  const words = useWords(frameWords);
  const { data, at, trouble, isOfOthers, reload } = asked;
  return (
    <>
      {trouble !== null && <Problem trouble={trouble} onAgain={reload} />}
      {trouble !== null && data !== null && <p class="soft">{words.old(dayAndTime(at))}</p>}
      {data === null && trouble === null && (
        <p class="soft" role="status">
          {words.loading}
        </p>
      )}
      {isOfOthers && trouble === null && (
        <div class="waits" role="status">
          <span class="sr">{words.loading}</span>
        </div>
      )}
      {data !== null && children(data)}
    </>
  );
}

/** Why something is not shown or not done, and what to do. */
export function Problem({ trouble, onAgain }: { readonly trouble: Trouble; readonly onAgain?: () => void }) {
  const words = useWords(frameWords);
  const answerer = useWords(useApp().answerer);
  const [head, hint] = {
    offline: [answerer.unreachable, answerer.unreachableHint],
    token: [answerer.needsToken, null],
    forbidden: [words.forbidden, null],
    refused: [words.failed, trouble.kind === 'refused' && trouble.status >= 500 ? answerer.failedHint : null],
  }[trouble.kind] as [string, string | null];
  return (
    <div class="problem" role="alert">
      <p>
        <strong>{head}</strong>
      </p>
      {'text' in trouble && trouble.text !== '' && (
        <p>
          <Said text={trouble.text} />
        </p>
      )}
      {hint !== null && <p>{hint}</p>}
      {trouble.kind === 'token' && <TokenForm {...(onAgain && { onTaken: onAgain })} />}
      {onAgain && trouble.kind !== 'token' && (
        <button type="button" onClick={onAgain}>
          {words.again}
        </button>
      )}
    </div>
  );
}

/** That there is nothing to show, what that means, and what to do. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p>
        <strong>{title}</strong>
      </p>
      {children}
    </div>
  );
}

interface ConfirmProps {
  /** On the button that asks. */
  readonly label: string;
  /** Over the question, where the button's words alone do not say it. */
  readonly title?: string;
  /** What will happen, in words. */
  readonly question: string;
  /** On the button that does it. */
  readonly action: string;
  /** A rejection is shown as why it was not done. */
  readonly onConfirm: () => Promise<unknown>;
  readonly isDangerous?: boolean;
  /** Fields that are filled in before. */
  readonly children?: ComponentChildren;
}

/** A button that asks once more before it changes something. */
export function Confirm(props: ConfirmProps) {
  const { label, title, question, action, onConfirm, isDangerous = false, children } = props;
  const words = useWords(frameWords);
  const dialog = useRef<HTMLDialogElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const run = async (): Promise<void> => {
    setBusy(true);
    setTrouble(null);
    try {
      await onConfirm();
      dialog.current?.close();
    } catch (error) {
      const known = (error as { trouble?: Trouble }).trouble;
      setTrouble(known ?? { kind: 'refused', status: 0, text: String(error) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button
        type="button"
        class={isDangerous ? 'danger' : undefined}
        onClick={() => {
          setTrouble(null);
          dialog.current?.showModal();
        }}
      >
        {label}
      </button>
      <dialog ref={dialog} aria-label={title ?? label}>
        {title !== undefined && <h2>{title}</h2>}
        <p>
          <Coded text={question} />
        </p>
        {children}
        {trouble !== null && <Problem trouble={trouble} />}
        <div class="buttons">
          <button type="button" class={isDangerous ? 'danger' : 'main'} disabled={isBusy} onClick={() => void run()}>
            {action}
          </button>
          {/* a key that is held down on the button that asks must not answer as well */}
          <button
            type="button"
            autofocus={isDangerous && children === undefined}
            onClick={() => dialog.current?.close()}
          >
            {words.cancel}
          </button>
        </div>
      </dialog>
    </>
  );
}
