import { useEffect, useState } from 'preact/hooks';
import { contact } from '../data/contact.ts';
import { currentToken, setToken } from '../data/token.ts';
import { currentLanguage, LANGUAGES, type Language, setLanguage, useWords } from '../words/language.ts';
import { useApp } from './app.ts';
import { applyTheme, currentTheme, setTheme, THEMES, type Theme } from './theme.ts';
import { frameWords } from './words.ts';

const NAMES: Readonly<Record<Language, string>> = { en: 'English', es: 'Español' };

/** Language, colours and token. */
export function Settings() {
  const words = useWords(frameWords);
  useEffect(applyTheme, []);
  return (
    <details class="settings">
      <summary>
        ⚙ <span class="sr">{`${words.language}, ${words.theme}, ${words.token}`}</span>
      </summary>
      <div class="panel">
        <label>
          {words.language}
          <select
            value={currentLanguage()}
            onChange={({ currentTarget }) => setLanguage(currentTarget.value as Language)}
          >
            {LANGUAGES.map((one) => (
              <option key={one} value={one}>
                {NAMES[one]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {words.theme}
          <select value={currentTheme()} onChange={({ currentTarget }) => setTheme(currentTarget.value as Theme)}>
            {THEMES.map((one) => (
              <option key={one} value={one}>
                {words[one]}
              </option>
            ))}
          </select>
        </label>
        <TokenForm />
      </div>
    </details>
  );
}

/** Takes the token that the device asks for. */
export function TokenForm({ onTaken }: { readonly onTaken?: () => void }) {
  const words = useWords(frameWords);
  const answerer = useWords(useApp().answerer);
  const [has, setHas] = useState(currentToken() !== null);
  const [text, setText] = useState('');
  const take = (token: string | null): void => {
    setToken(token);
    setText('');
    setHas(token !== null);
    // everything is asked for once more
    contact.renew();
    onTaken?.();
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (text.trim() !== '') take(text.trim());
  };
  if (has) {
    return (
      <p>
        {words.hasToken}{' '}
        <button type="button" onClick={() => take(null)}>
          {words.forget}
        </button>
      </p>
    );
  }
  return (
    <form onSubmit={submit}>
      <label>
        {answerer.enterToken}
        <input
          type="password"
          autoComplete="off"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <button type="submit">{words.use}</button>
      <p class="soft">{answerer.tokenHint}</p>
    </form>
  );
}
