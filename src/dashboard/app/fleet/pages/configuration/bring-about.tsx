import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import type { DriftActionsReply, DriftReply } from '../../../../../collector/api/configuration-routes.ts';
import { post } from '../../../data/api.ts';
import { hrefOf } from '../../../frame/address.ts';
import { Confirm } from '../../../kit/state.tsx';
import { number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { AT_ONCE, CAREFUL, careOf, type TypedCare } from '../../asked-care.ts';
import { CareFields } from '../../care-fields.tsx';
import { careWords } from '../../care-words.ts';
import { fleetConfigurationWords } from './words.ts';

interface BringAboutProps {
  readonly counts: DriftReply['counts'];
  readonly onBegun: () => void;
}

/** Asks devices how they are configured, and sets what differs: by actions, in stages. */
export function BringAbout({ counts, onBegun }: BringAboutProps) {
  const words = useWords(fleetConfigurationWords);
  const care = useWords(careWords);
  const [typed, setTyped] = useState<TypedCare>(CAREFUL);
  const [begun, setBegun] = useState<DriftActionsReply['actions']>([]);
  const parsed = careOf(typed);
  const wrong = 'wrong' in parsed ? parsed.wrong : null;
  const begin = async (what: 'ask' | 'apply', with_: TypedCare): Promise<void> => {
    const asked = careOf(with_);
    if ('wrong' in asked) throw new Error(care.wrong[asked.wrong]);
    const { actions } = await post<DriftActionsReply>(`/api/v1/fleet/configuration/${what}`, asked);
    setBegun(actions);
    onBegun();
  };
  return (
    <>
      <div class="buttons">
        {counts.drifted > 0 && (
          <Confirm
            label={words.apply}
            question={words.applyQuestion(number(counts.drifted))}
            action={words.apply}
            onConfirm={() => begin('apply', typed)}
            isDangerous
          >
            <CareFields typed={typed} wrong={wrong} onChange={setTyped} />
          </Confirm>
        )}
        {counts.unknown > 0 && (
          <Confirm
            label={words.unknownAsk}
            question={words.askQuestion(number(counts.unknown))}
            action={words.ask}
            onConfirm={() => begin('ask', AT_ONCE)}
          />
        )}
      </div>
      {begun.length > 0 && (
        <p role="status">
          {words.begun}{' '}
          {begun.map(({ id }) => (
            <Fragment key={id}>
              <a href={hrefOf('action', { id })}>{id}</a>{' '}
            </Fragment>
          ))}
        </p>
      )}
    </>
  );
}
