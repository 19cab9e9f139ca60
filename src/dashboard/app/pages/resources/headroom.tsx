import type { ResourcesReply } from '../../../api/resources.js';
import { Badge } from '../../kit/badge.tsx';
import { Card } from '../../kit/card.tsx';
import type { Standing } from '../../kit/tile.tsx';
import { withUnit } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { type ResourcesWords, resourcesWords } from './words.ts';

type Left = ResourcesReply['headroom'][number];

const STANDINGS: Readonly<Record<Left['state'], Standing>> = {
  ample: 'good',
  low: 'fair',
  exhausted: 'bad',
  unknown: 'none',
};

/** What is left of everything that can run out, with what to do where it is little. */
export function HeadroomCard({ headroom }: Pick<ResourcesReply, 'headroom'>) {
  const words = useWords(resourcesWords);
  return (
    <Card title={words.headroomTitle} hint={words.headroomHint}>
      <ul class="lines">
        {headroom.map((left) => (
          <li key={left.of}>
            <strong>{words[left.of]}</strong> <Badge text={words[left.state]} standing={STANDINGS[left.state]} />{' '}
            <span class="soft">{inWords(left, words)}</span>
            {(left.state === 'low' || left.state === 'exhausted') && <span class="block">{words[`${left.of}Do`]}</span>}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function inWords({ of, used, limit, unit }: Left, words: ResourcesWords): string {
  if (used === null) return words[`${of}Unknown`];
  const [now, end] = [withUnit(used, unit), withUnit(limit, unit)];
  if (of !== 'heat') return words.used(now, end);
  return limit === null ? words.warmOnly(now) : words.warm(now, end);
}
