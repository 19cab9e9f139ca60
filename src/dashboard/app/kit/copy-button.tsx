import { useState } from 'preact/hooks';
import { useWords } from '../words/language.ts';

const en = { copy: 'Copy', copied: 'Copied' };
const es: typeof en = { copy: 'Copiar', copied: 'Copiado' };

/** Puts a text into the clipboard; not shown where the browser lets no page do so: beyond the device without TLS. */
export function CopyButton({ text }: { readonly text: string }) {
  const words = useWords({ en, es });
  const [copied, setCopied] = useState<string | null>(null);
  if (navigator.clipboard === undefined) return null;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(text);
  };
  return (
    <button type="button" aria-live="polite" onClick={() => void copy()}>
      {copied === text ? words.copied : words.copy}
    </button>
  );
}
