import { useState } from 'preact/hooks';
import { post, type Trouble, troubleOf, useApi } from '../../data/api.ts';
import { Badge } from '../../kit/badge.tsx';
import { Problem } from '../../kit/state.tsx';
import { dayAndTime, number } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { type FaultKind, reportsWords } from './words.ts';

/** As the device tells it: src/runtime/evidence/verification-routes.ts. */
interface Chain {
  readonly tenant: string | null;
  readonly chain: string;
  readonly state: 'none' | 'running' | 'verified' | 'broken' | 'failed';
  readonly endedAt: number | null;
  readonly failure: string | null;
  readonly first: number | null;
  readonly last: number | null;
  readonly records: number;
  readonly pictures: number;
  readonly removedUpTo: number | null;
  readonly brokenAt: number | null;
  readonly faults: readonly {
    readonly kind: FaultKind;
    readonly record: number | null;
    readonly what: string;
    readonly reason: string;
  }[];
  readonly moreFaults: number;
}

const PATH = '/api/v1/evidence-verification';
const STANDING = { none: 'none', running: 'none', verified: 'good', broken: 'bad', failed: 'fair' } as const;

/** Whether what is kept is unchanged, and a button that has it found out. */
export function Verified() {
  const words = useWords(reportsWords);
  const [isRunning, setRunning] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const { data, reload } = useApi<{ readonly chains: readonly Chain[] }>(PATH, { everyMs: isRunning ? 1500 : 60_000 });
  const chains = data?.chains ?? [];
  const isBusy = chains.some(({ state }) => state === 'running');
  if (data !== null && isBusy !== isRunning) setRunning(isBusy);
  if (chains.length === 0) return null;
  const begin = async (): Promise<void> => {
    try {
      await post(PATH);
      setTrouble(null);
      reload();
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  };
  return (
    <div aria-live="polite">
      {chains.map((chain) => (
        <State key={chain.chain} chain={chain} isOne={chains.length === 1} />
      ))}
      {trouble !== null && <Problem trouble={trouble} />}
      <div class="buttons">
        <button type="button" disabled={isBusy} onClick={() => void begin()}>
          {isBusy ? words.verifying : words.verifyNow}
        </button>
      </div>
    </div>
  );
}

function State({ chain, isOne }: { readonly chain: Chain; readonly isOne: boolean }) {
  const words = useWords(reportsWords);
  const { state, endedAt, failure, first, last, records, pictures, removedUpTo, brokenAt, faults, moreFaults } = chain;
  const when = dayAndTime(endedAt);
  const said = {
    none: words.neverVerified,
    running: words.verifying,
    verified: records === 0 ? words.verifiedEmpty(when) : words.verifiedAt(when, number(first), number(last)),
    broken: brokenAt === null ? words.broken(when) : words.brokenAt(when, number(brokenAt)),
    failed: words.notVerified(when, failure ?? ''),
  }[state];
  const class_ = { broken: 'reason bad', failed: 'reason warning' }[state as string] ?? 'reason';
  return (
    <div class={class_}>
      <p>
        <Badge text={words.verifiedStates[state]} standing={STANDING[state]} />{' '}
        {!isOne && `${chain.tenant ?? words.own}: `}
        {said}
      </p>
      {state === 'verified' && records > 0 && (
        <p class="soft">
          {words.verifiedCounts(number(records), number(pictures))}
          {removedUpTo !== null && ` ${words.removedUpTo(number(removedUpTo))}`}
        </p>
      )}
      {state === 'broken' && (
        <>
          <ul>
            {faults.map(({ kind, record, what }) => (
              <li key={`${kind} ${what}`}>
                {record !== null && `${words.record} ${number(record)}: `}
                {words.faults[kind]} <span class="soft">({what})</span>
              </li>
            ))}
          </ul>
          {moreFaults > 0 && <p>{words.moreFaults(number(moreFaults))}</p>}
          <p>{words.brokenRemedy}</p>
        </>
      )}
    </div>
  );
}
