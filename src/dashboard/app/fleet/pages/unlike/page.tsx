import type { UnlikeReply } from '../../../../../collector/api/unlike-routes.ts';
import { useApi } from '../../../data/api.ts';
import { hrefOf, replaceWords, useAddress } from '../../../frame/address.ts';
import { Badge } from '../../../kit/badge.tsx';
import { Card } from '../../../kit/card.tsx';
import { Choice } from '../../../kit/choice.tsx';
import { Answered, Empty } from '../../../kit/state.tsx';
import { number } from '../../../words/formats.ts';
import { useLanguage, useWords } from '../../../words/language.ts';
import { unlikeWords } from './words.ts';

const EVERY_MS = 15_000;
const MANY = { '5': '5', '20': '20', '100': '100' };

/** Devices that are unlike the others of their kind. */
export default function Unlike() {
  const words = useWords(unlikeWords);
  const language = useLanguage();
  const { words: address } = useAddress();
  const limit = Object.hasOwn(MANY, address.get('limit') ?? '') ? address.get('limit')! : '5';
  const worse = address.get('worse') === 'true' ? 'true' : 'false';
  const asked = useApi<UnlikeReply>('/api/v1/fleet/unlike', {
    words: { limit, worse, language },
    everyMs: EVERY_MS,
    keeps: true,
  });
  return (
    <Card title={words.title} hint={words.hint}>
      <div class="window">
        <Choice label={words.many} value={limit} options={MANY} onChange={(value) => replaceWords({ limit: value })} />
        <Choice
          label={words.which}
          value={worse}
          options={{ false: words.any, true: words.worse }}
          onChange={(value) => replaceWords({ worse: value })}
        />
      </div>
      <Answered asked={asked}>{(reply) => <Found reply={reply} />}</Answered>
    </Card>
  );
}

function Found({ reply: { devices, found, compared, left, tooFew } }: { readonly reply: UnlikeReply }) {
  const words = useWords(unlikeWords);
  const rest = [left > 0 && words.left(number(left)), tooFew > 0 && words.tooFew(number(tooFew))].filter(
    (text): text is string => text !== false,
  );
  return (
    <>
      {devices.length === 0 ? (
        <Empty title={words.none}>
          <p>{words.noneHint(number(compared))}</p>
        </Empty>
      ) : (
        <>
          <p role="status">{words.found(number(found), number(compared))}</p>
          <ol class="plain">
            {devices.map((one) => (
              <Device key={`${one.site}/${one.device}`} one={one} />
            ))}
          </ol>
        </>
      )}
      {rest.length > 0 && <p class="soft">{rest.join(' ')}</p>}
    </>
  );
}

function Device({ one: { site, device, kind, among, differences } }: { readonly one: UnlikeReply['devices'][number] }) {
  const words = useWords(unlikeWords);
  return (
    <li class={differences.some(({ isWorse }) => isWorse) ? 'alert fair' : 'alert'}>
      <h3>
        <a href={hrefOf('device', { site, device })}>{device}</a> <span class="soft">{site}</span>
      </h3>
      <ul class="lines">
        {differences.map(({ name, sentence, isWorse }) => (
          <li key={name}>
            <Badge text={isWorse ? words.worseIn : words.other} standing={isWorse ? 'fair' : 'none'} /> {sentence}
          </li>
        ))}
      </ul>
      <p class="soft">
        {kind} · {words.among(number(among))}
      </p>
    </li>
  );
}
