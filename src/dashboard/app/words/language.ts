import { useEffect, useState } from 'preact/hooks';

export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A page's words: `const en = {…}; const es: typeof en = {…}`, so that a missing one is an error of types. */
export type Catalogue<Words> = Readonly<Record<Language, Words>>;

const KEY = 'edge-optimizer-language';
const listeners = new Set<() => void>();
let language = stored() ?? preferred();

function stored(): Language | null {
  return LANGUAGES.find((one) => one === localStorage.getItem(KEY)) ?? null;
}

function preferred(): Language {
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2));
  return wanted.map((tag) => LANGUAGES.find((one) => one === tag)).find((one) => one !== undefined) ?? 'en';
}

export const currentLanguage = (): Language => language;

export function setLanguage(next: Language): void {
  language = next;
  localStorage.setItem(KEY, next);
  document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

/** The language that the page is in; whoever uses it is drawn again when it changes. */
export function useLanguage(): Language {
  const [now, setNow] = useState(language);
  useEffect(() => {
    const listener = (): void => setNow(language);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return now;
}

/** A page's words in the language that it is in. */
export const useWords = <Words>(catalogue: Catalogue<Words>): Words => catalogue[useLanguage()];
