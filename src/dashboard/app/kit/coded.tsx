/** A text in which what stands between backticks is to be typed: commands, keys, addresses. */
export function Coded({ text }: { readonly text: string }) {
  return <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part))}</>;
}
