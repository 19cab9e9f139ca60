import type { ActionsReply } from '../../../collector/api/action-shapes.ts';
import type { Asked } from '../data/api.ts';
import { Coded } from '../kit/coded.tsx';
import { useWords } from '../words/language.ts';
import { actionWords } from './action-words.ts';

/** Whether this collector has no actions at all: then its API knows no such path. */
export const keepsNone = ({ trouble }: Pick<Asked<unknown>, 'trouble'>): boolean =>
  trouble?.kind === 'refused' && trouble.status === 404;

/** That this collector has no actions, in a sentence. */
export function KeepsNone() {
  return (
    <p class="empty">
      <Coded text={useWords(actionWords).shared} />
    </p>
  );
}

/** Why nothing can be begun here, and why nothing goes on, where that is so. */
export function Obstacle({
  reply,
  mayChange,
}: {
  readonly reply: Pick<ActionsReply, 'obstacle' | 'problem'>;
  readonly mayChange: boolean;
}) {
  const words = useWords(actionWords);
  return (
    <>
      {reply.problem !== null && (
        <p class="problem" role="alert">
          {words.stuck(reply.problem)}
        </p>
      )}
      {reply.obstacle !== null ? (
        <p class="reason">
          <Coded text={words.noKey} />
        </p>
      ) : (
        !mayChange && <p class="soft">{words.only}</p>
      )}
    </>
  );
}
