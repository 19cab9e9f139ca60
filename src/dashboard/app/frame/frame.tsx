import { Component, type ComponentChildren, type ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useLostSince } from '../data/contact.ts';
import { time } from '../words/formats.ts';
import { useLanguage, useWords } from '../words/language.ts';
import { useAddress } from './address.ts';
import { type App, AppContext, type Page, useApp } from './app.ts';
import { Navigation } from './navigation.tsx';
import { Settings } from './settings.tsx';
import { frameWords } from './words.ts';

/** What is around every page: navigation, settings, and whether the device answers. */
export function Frame({ app }: { readonly app: App }) {
  const words = useWords(frameWords);
  const names = useWords(app.names);
  const language = useLanguage();
  const { page: id } = useAddress();
  const page = id === '' ? app.pages[0]! : app.pages.find((one) => one.id === id);
  const main = useRef<HTMLElement>(null);
  const title = page === undefined ? words.noSuchPage : names[page.id]!;
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = `${title} · edge-optimizer`;
  }, [language, title]);
  return (
    <AppContext.Provider value={app}>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {words.skip}
      </button>
      <header class="top">
        <p class="brand">edge-optimizer</p>
        <Navigation shown={page?.under ?? page?.id ?? null} />
        <Settings />
      </header>
      <Offline />
      <main id="main" tabIndex={-1} ref={main}>
        <h1>{title}</h1>
        {page && (
          <Failing key={page.id} text={words.pageFailed}>
            <Loaded page={page} />
          </Failing>
        )}
      </main>
    </AppContext.Provider>
  );
}

/** The code of a page comes when it is first wanted. */
function Loaded({ page }: { readonly page: Page }) {
  const words = useWords(frameWords);
  const answerer = useWords(useApp().answerer);
  const [state, setState] = useState<{ readonly Shown: ComponentType } | 'loading' | 'failed'>(() => at(page));
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let isWanted = true;
    setState(at(page));
    if (page.shown !== undefined) return undefined;
    page.load().then(
      ({ default: Shown }) => isWanted && setState({ Shown }),
      () => isWanted && setState('failed'),
    );
    return () => {
      isWanted = false;
    };
  }, [page, tries]);
  if (state === 'loading') return <p class="soft">{words.loading}</p>;
  if (state === 'failed') {
    return (
      <p>
        {answerer.unreachable}{' '}
        <button type="button" onClick={() => setTries(tries + 1)}>
          {words.again}
        </button>
      </p>
    );
  }
  return <state.Shown />;
}

const at = ({ shown }: Page): { readonly Shown: ComponentType } | 'loading' =>
  shown === undefined ? 'loading' : { Shown: shown };

function Offline() {
  const words = useWords(useApp().answerer);
  const since = useLostSince();
  return (
    <div role="status" class={since === null ? 'contact' : 'contact lost'}>
      {since !== null && words.offline(time(since))}
    </div>
  );
}

/** An error in one page leaves the navigation as it is. */
class Failing extends Component<{ readonly text: string; readonly children: ComponentChildren }, { error: unknown }> {
  override state = { error: null as unknown };

  static override getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <p class="problem" role="alert">
        {this.props.text} <code>{String(this.state.error)}</code>
      </p>
    );
  }
}
