import type { SetupCheckReply, SetupReply, SetupSaveReply } from '../../../api/setup.ts';
import type { Trouble } from '../../data/api.ts';
import { Card } from '../../kit/card.tsx';
import { CopyButton } from '../../kit/copy-button.tsx';
import { Said } from '../../kit/said.tsx';
import { Confirm, Problem } from '../../kit/state.tsx';
import { useWords } from '../../words/language.ts';
import { useSaid } from '../../words/said.ts';
import { setupWords } from './words.ts';

interface ReviewProps {
  readonly setup: SetupReply;
  /** null while it is checked. */
  readonly check: SetupCheckReply | null;
  /** Whether it is of what is drawn by now. */
  readonly isCurrent: boolean;
  readonly trouble: Trouble | null;
  readonly saved: SetupSaveReply | null;
  readonly isWaiting: boolean;
  readonly onSave: () => Promise<unknown>;
  readonly onReload: () => Promise<unknown>;
}

/** What would change in the file; writes it once that was seen. */
export function Review({ setup, check, isCurrent, trouble, saved, isWaiting, onSave, onReload }: ReviewProps) {
  const words = useWords(setupWords);
  const said = useSaid();
  const { file, restart } = setup;
  const isChanged = (check?.difference.length ?? 0) > 0;
  const maySave = isCurrent && isChanged && check?.problems.length === 0 && file?.writeProblem === null;
  return (
    <Card title={words.review}>
      {saved !== null && (
        <p class="reason info" role="status">
          {saved.backup === null ? words.noChange : words.saved(saved.backup)}
        </p>
      )}
      {(isWaiting || saved?.requiresRestart) && <Restart how={restart} isOld={saved === null} />}
      {trouble !== null && <Problem trouble={trouble} />}
      <div role="status">
        {check === null && trouble === null && <p class="soft">{words.checking}</p>}
        {check !== null && !isChanged && <p class="soft">{words.noChange}</p>}
        {check !== null && isChanged && check.problems.length === 0 && <p>{words.inOrder}</p>}
      </div>
      {check !== null && <OtherProblems check={check} />}
      {check !== null && isChanged && <Difference lines={check.difference} />}
      {file?.writeProblem != null && <p class="reason warning">{words.cannotWrite(said(file.writeProblem))}</p>}
      {check !== null && (file === null || file.writeProblem !== null) && <Fragment text={check.fragment} />}
      <div class="buttons">
        {maySave && (
          <Confirm
            label={words.save}
            question={words.saveQuestion(file.path)}
            action={words.saveAction}
            onConfirm={onSave}
          />
        )}
        {file !== null && (
          <Confirm label={words.reload} question={words.reloadQuestion} action={words.reload} onConfirm={onReload} />
        )}
      </div>
    </Card>
  );
}

function Restart({ how, isOld }: { readonly how: SetupReply['restart']; readonly isOld: boolean }) {
  const words = useWords(setupWords);
  return (
    <div class="reason warning">
      <p>{isOld ? words.waits : words.restart}</p>
      <p>
        {words.restarts[how]} {how === 'systemd' && <code>sudo systemctl restart edge-optimizer</code>}
      </p>
    </div>
  );
}

/** What is wrong elsewhere in the file. */
function OtherProblems({ check }: { readonly check: SetupCheckReply }) {
  const words = useWords(setupWords);
  if (check.problems.length === 0) return null;
  const others = check.problems.filter(({ at }) => at.length === 0);
  return (
    <div class="reason bad" role="alert">
      <p>
        <strong>
          {words.problems}: {check.problems.length}
        </strong>
      </p>
      {others.map(({ text }) => (
        <p key={text}>
          <Said text={text} />
        </p>
      ))}
    </div>
  );
}

function Difference({ lines }: { readonly lines: SetupCheckReply['difference'] }) {
  const words = useWords(setupWords);
  const marks = { same: ' ', removed: '−', added: '+' } as const;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="scroll" tabIndex={0} aria-label={words.review}>
      <ol class="difference">
        {lines.map(({ kind, text, line }) => (
          <li key={`${kind} ${line}`} class={kind}>
            {kind !== 'same' && <span class="sr">{words[kind]}: </span>}
            <span class="soft" title={words.lineNumber}>
              {line}
            </span>
            <code>
              {marks[kind]} {text}
            </code>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Fragment({ text }: { readonly text: string }) {
  const words = useWords(setupWords);
  return (
    <>
      <h3>{words.fragment}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} />
    </>
  );
}
