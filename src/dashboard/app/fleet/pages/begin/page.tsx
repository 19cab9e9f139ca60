import { useEffect, useRef, useState } from 'preact/hooks';
import type { ActionsReply, BegunReply } from '../../../../../collector/api/action-shapes.ts';
import { post, type Trouble, troubleOf, useApi } from '../../../data/api.ts';
import { hrefOf } from '../../../frame/address.ts';
import { Card } from '../../../kit/card.tsx';
import { Answered, Problem } from '../../../kit/state.tsx';
import { useWords } from '../../../words/language.ts';
import { AT_ONCE, CAREFUL, careOf, type TypedCare } from '../../asked-care.ts';
import { CareFields } from '../../care-fields.tsx';
import { careWords } from '../../care-words.ts';
import { chooseNone, useChosenDevices } from '../../chosen-devices.ts';
import { useMayChange } from '../../may-change.ts';
import { KeepsNone, keepsNone, Obstacle } from '../../obstacle.tsx';
import { choiceOf, NOBODY, type TypedChoice } from './asked-choice.ts';
import { CommandFields } from './command-fields.tsx';
import { bodyOf, isCareful, type OfferedName } from './commands.ts';
import { Preview } from './preview.tsx';
import { Whom } from './whom.tsx';
import { beginWords } from './words.ts';

/** Begins an action: what, for whom, how carefully; first it is shown whom it would be. */
export default function BeginAction() {
  const words = useWords(beginWords);
  const mayChange = useMayChange();
  const asked = useApi<ActionsReply>('/api/v1/fleet/actions', { words: { limit: 1 } });
  return (
    <>
      <p>
        <a href={hrefOf('actions')}>← {words.back}</a>
      </p>
      {keepsNone(asked) ? (
        <KeepsNone />
      ) : (
        <Answered asked={asked}>
          {(reply) => (
            <>
              <Obstacle reply={reply} mayChange={mayChange} />
              {mayChange && reply.obstacle === null && <BeginForm />}
            </>
          )}
        </Answered>
      )}
    </>
  );
}

interface Typed {
  readonly command: OfferedName;
  readonly fields: Readonly<Record<string, string>>;
  readonly choice: TypedChoice;
  readonly care: TypedCare;
}

/** What the API is asked: under one id, which decides who comes first, so that what begins is what was shown. */
type AskedOnce = Readonly<Record<string, unknown>> & { readonly id: string };

type Wrong = Readonly<Partial<{ field: string; whom: 'percent' | 'nobody'; care: keyof TypedCare }>>;

const ACTIONS = '/api/v1/fleet/actions';

function BeginForm() {
  const words = useWords(beginWords);
  const care = useWords(careWords);
  const ticked = useChosenDevices();
  const [typed, setTyped] = useState<Typed>({
    command: 'report',
    fields: {},
    choice: { ...NOBODY, of: ticked.size > 0 ? 'ticked' : 'those' },
    care: AT_ONCE,
  });
  const [wrong, setWrong] = useState<Wrong>({});
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [would, setWould] = useState<{ readonly asked: AskedOnce; readonly reply: BegunReply } | null>(null);
  /** The question whose answer is waited for: of one that was changed meanwhile it is no more wanted. */
  const wanted = useRef<AskedOnce | null>(null);
  const change = (next: Partial<Typed>): void => {
    wanted.current = null;
    setTyped({ ...typed, ...next });
    setWould(null);
    setWrong({});
    setTrouble(null);
  };
  const show = async (): Promise<void> => {
    const read = askedOf(typed, ticked);
    setTrouble(null);
    setWould(null);
    setWrong('wrong' in read ? read.wrong : {});
    if ('wrong' in read) return;
    const { asked } = read;
    wanted.current = asked;
    try {
      const reply = await post<BegunReply>(ACTIONS, { ...asked, dryRun: true });
      if (wanted.current === asked) setWould({ asked, reply });
    } catch (error) {
      if (wanted.current === asked) setTrouble(troubleOf(error));
    }
  };
  const begin = async ({ id, ...asked }: AskedOnce): Promise<void> => {
    await post<BegunReply>(ACTIONS, { id, ...asked });
    chooseNone();
    location.hash = hrefOf('action', { id });
  };
  const shown = useRef<HTMLDivElement>(null);
  useEffect(() => shown.current?.scrollIntoView({ block: 'nearest' }), [would]);
  return (
    <>
      <CommandFields
        command={typed.command}
        typed={typed.fields}
        wrong={wrong.field ?? null}
        onCommand={(command) => change({ command, fields: {}, care: isCareful(command) ? CAREFUL : AT_ONCE })}
        onTyped={(fields) => change({ fields })}
      />
      <Whom typed={typed.choice} ticked={ticked} wrong={wrong.whom ?? null} onChange={(choice) => change({ choice })} />
      <Card title={care.title}>
        <CareFields typed={typed.care} wrong={wrong.care ?? null} onChange={(next) => change({ care: next })} />
      </Card>
      <div class="buttons">
        <button type="button" class="main" onClick={() => void show()}>
          {words.show}
        </button>
      </div>
      <div ref={shown} aria-live="polite" class="would">
        {trouble !== null && <Problem trouble={trouble} />}
        {would !== null && (
          <Preview
            command={typed.command}
            would={would.reply}
            isCareful={isCareful(typed.command)}
            onBegin={() => begin(would.asked)}
          />
        )}
      </div>
    </>
  );
}

/** @returns which fields cannot be used where some cannot */
function askedOf(
  { command, fields, choice, care }: Typed,
  ticked: ReadonlySet<string>,
): { readonly asked: AskedOnce } | { readonly wrong: Wrong } {
  const [body, whom, careful] = [bodyOf(command, fields), choiceOf(choice, ticked), careOf(care)];
  const wrong: Wrong = {
    ...('wrong' in body && { field: body.wrong }),
    ...('wrong' in whom && { whom: whom.wrong }),
    ...('wrong' in careful && { care: careful.wrong }),
  };
  if (Object.keys(wrong).length > 0) return { wrong };
  return { asked: { id: newId(), command, ...body, ...whom, ...careful } };
}

/** As the collector makes them. */
const newId = (): string =>
  `a-${[...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
