import { alertNames } from './alert-names.ts';
import { useLanguage } from './language.ts';

/** What the device says of a code. */
interface Declared {
  readonly code: string;
  readonly help: string;
  readonly action: string;
}

/** What an alert is called in the language of the page; a code that it does not know stays a code. */
export function useAlertName(): (code: string) => string {
  const names = alertNames[useLanguage()];
  return (code) => names[code]?.name ?? code;
}

/** What an alert is called, means and asks for, in the language of the page as far as it knows the code. */
export function useAlertWords(): (declared: Declared) => { name: string; help: string; action: string } {
  const names = alertNames[useLanguage()];
  return ({ code, help, action }) => {
    const own = names[code];
    return { name: own?.name ?? code, help: own?.help ?? help, action: own?.action ?? action };
  };
}
