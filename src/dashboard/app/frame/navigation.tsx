import { useState } from 'preact/hooks';
import { useWords } from '../words/language.ts';
import { hrefOf } from './address.ts';
import { useApp } from './app.ts';
import { frameWords } from './words.ts';

const all = (): boolean => true;
const useAll = (): typeof all => all;

/** The pages; on a phone behind a button. */
export function Navigation({ shown }: { readonly shown: string | null }) {
  const words = useWords(frameWords);
  const { pages, names, useOffered = useAll } = useApp();
  const isOffered = useOffered();
  const called = useWords(names);
  const [isOpen, setOpen] = useState(false);
  return (
    <nav
      aria-label={words.pages}
      class={isOpen ? 'open' : undefined}
      onKeyDown={({ key }) => key === 'Escape' && setOpen(false)}
    >
      <button type="button" class="menu" aria-expanded={isOpen} aria-controls="pages" onClick={() => setOpen(!isOpen)}>
        {words.menu}
      </button>
      <ul id="pages">
        {pages
          .filter(({ id, under }) => under === undefined && isOffered(id))
          .map(({ id }) => (
            <li key={id}>
              <a href={hrefOf(id)} aria-current={id === shown ? 'page' : undefined} onClick={() => setOpen(false)}>
                {called[id]}
              </a>
            </li>
          ))}
      </ul>
    </nav>
  );
}
