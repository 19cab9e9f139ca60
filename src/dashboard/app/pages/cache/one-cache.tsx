import { useState } from 'preact/hooks';
import type { CacheView, InvalidateBody, InvalidatedReply } from '../../../api/cache.js';
import { post } from '../../data/api.ts';
import { Card } from '../../kit/card.tsx';
import { Confirm } from '../../kit/state.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Tile, Tiles } from '../../kit/tile.tsx';
import { bytes, number, percent, withUnit } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { cacheWords } from './words.ts';

type Tier = CacheView['tiers'][number];
const REASONS = ['budget', 'expired', 'invalidated', 'tooLarge', 'corrupt'] as const;
const FEW_TAGS = 10;

interface OneCacheProps {
  readonly cache: CacheView;
  readonly onChanged: () => void;
}

/** One cache: how much it finds, what it holds and let go, its tags, and forgetting. */
export function OneCache({ cache, onChanged }: OneCacheProps) {
  const words = useWords(cacheWords);
  const name = cache.id === 'device' ? words.device : words.tenant(cache.id);
  const disk = cache.tiers.find(({ tier }) => tier === 'disk');
  return (
    <Card
      title={words.cacheTitle(name)}
      hint={`${words.leaves}: ${words[(cache.strategy ?? 'none') as 'lru'] ?? cache.strategy}`}
    >
      {disk?.state === 'degraded' && <p class="problem">{words.degraded}</p>}
      {disk?.state === 'closed' && <p class="soft">{words.closed}</p>}
      <Tiles>{cache.tiers.map((tier) => tilesOf(tier, words))}</Tiles>
      {cache.staleServed > 0 && <p class="soft">{words.stale(number(cache.staleServed))}</p>}
      <h3>{words.evictionsTitle}</h3>
      <Evictions tiers={cache.tiers} name={name} />
      <Tags cache={cache} name={name} onChanged={onChanged} />
    </Card>
  );
}

function tilesOf(tier: Tier, words: (typeof cacheWords)['en']) {
  const { hits, misses, hitRatio, bytes: used, maxBytes, entries, meanLatencyMs } = tier;
  const name = words[tier.tier];
  return [
    <Tile
      key={`${tier.tier} found`}
      label={words.hitRatioOf(name)}
      value={percent(hitRatio, 1)}
      note={hitRatio === null ? words.noLookups : words.hitNote(number(hits), number(hits + misses))}
    />,
    <Tile
      key={`${tier.tier} filled`}
      label={words.fullIn(name)}
      value={percent(maxBytes === 0 ? null : used / maxBytes)}
      note={`${words.full(bytes(used), bytes(maxBytes))}, ${words.fullNote(number(entries))}; ${words.meanTime}: ${timeOf(meanLatencyMs)}`}
    />,
  ];
}

const timeOf = (ms: number | null): string =>
  ms !== null && ms < 1 ? withUnit(ms * 1000, 'µs', ms < 0.01 ? 1 : 0) : withUnit(ms, 'ms', 1);

function Evictions({ tiers, name }: { readonly tiers: readonly Tier[]; readonly name: string }) {
  const words = useWords(cacheWords);
  const columns: Column<Tier>[] = [
    { title: words.tier, cell: ({ tier }) => words[tier] },
    ...REASONS.map((reason) => ({
      title: words[reason],
      isNumber: true,
      cell: ({ evictions }: Tier) => number(evictions[reason]),
    })),
  ];
  return (
    <Table caption={`${words.evictionsTitle} (${name})`} columns={columns} rows={tiers} keyOf={({ tier }) => tier} />
  );
}

interface TagsProps extends OneCacheProps {
  readonly name: string;
}

function Tags({ cache, name, onChanged }: TagsProps) {
  const words = useWords(cacheWords);
  const [done, setDone] = useState<string | null>(null);
  const [own, setOwn] = useState('');
  const send = async (body: Omit<InvalidateBody, 'cache'>, what: string): Promise<void> => {
    await post<InvalidatedReply>('/api/v1/cache/invalidate', { cache: cache.id, ...body });
    setDone(words.done(what));
    onChanged();
  };
  const forgetting = (tag: string, entries: number | null, label: string) => (
    <Confirm
      label={label}
      question={words.sureTag(tag, number(entries), name)}
      action={words.yesTag}
      onConfirm={() => send({ tags: [tag] }, words.doneTag(tag))}
      isDangerous
    />
  );
  const columns: Column<CacheView['tags'][number]>[] = [
    { title: words.tag, cell: ({ tag }) => <code>{tag}</code> },
    { title: words.entries, isNumber: true, cell: ({ entries }) => number(entries) },
    { title: words.forget, cell: ({ tag, entries }) => forgetting(tag, entries, words.forgetTag(tag)) },
  ];
  const all = cache.tiers.reduce((most, { entries }) => Math.max(most, entries), 0);
  return (
    <>
      <h3>{words.tagsTitle}</h3>
      <p class="soft">{words.tagsHint(number(cache.tagsCounted))}</p>
      <Table
        caption={`${words.tagsTitle} (${name})`}
        columns={columns}
        rows={cache.tags.slice(0, FEW_TAGS)}
        keyOf={({ tag }) => tag}
        empty={words.tagsNone}
      />
      <div class="forget">
        <label>
          {words.ownTag}
          <input value={own} maxLength={256} onInput={({ currentTarget }) => setOwn(currentTarget.value)} />
        </label>
        {own.trim() !== '' &&
          forgetting(own.trim(), cache.tags.find(({ tag }) => tag === own.trim())?.entries ?? null, words.forget)}
        <Confirm
          label={words.forgetAll}
          question={words.sureAll(number(all), name)}
          action={words.yesAll}
          onConfirm={() => send({ all: true }, words.doneAll)}
          isDangerous
        />
      </div>
      <p role="status">{done}</p>
    </>
  );
}
