import type { CameraNow } from '../../../api/now.ts';
import { useWords } from '../../words/language.ts';
import { nowWords } from './words.ts';

/** Why a camera has no vehicles, or why what it has cannot be relied on, and what to do about it. */
export function Reasons({ reasons }: { readonly reasons: CameraNow['reasons'] }) {
  const words = useWords(nowWords);
  return (
    <div role="status" class="reasons">
      {reasons.map(({ code, severity, detail }) => (
        <div key={code} class={`reason ${severity}`}>
          <p>
            <strong>{words.reasons[code][0]}</strong>
          </p>
          <p>
            <b>{words.doTitle}:</b> {words.reasons[code][1]}
          </p>
          {detail !== null && (
            <details>
              <summary>{words.told}</summary>
              <p lang="en">{detail}</p>
            </details>
          )}
        </div>
      ))}
    </div>
  );
}
