import type { CameraNow } from '../../../api/now.ts';
import { devicePageWords } from '../../device-page-words.ts';
import { hrefOf } from '../../frame/address.ts';
import { Coded } from '../../kit/coded.tsx';
import { useWords } from '../../words/language.ts';
import { reasonPages } from './reason-words.ts';
import { nowWords } from './words.ts';

interface ReasonsProps {
  readonly camera: Pick<CameraNow, 'id' | 'reasons'>;
  /** Whether the viewer may see the pages of the whole device. */
  readonly isOperator: boolean;
}

/** Why a camera has no vehicles, or why what it has cannot be relied on, and what to do about it. */
export function Reasons({ camera: { id, reasons }, isOperator }: ReasonsProps) {
  const words = useWords(nowWords);
  const pages = useWords(devicePageWords);
  return (
    <div role="status" class="reasons">
      {reasons.map(({ code, severity, detail }) => {
        const page = isOperator ? reasonPages[code] : undefined;
        return (
          <div key={code} class={`reason ${severity}`}>
            <p>
              <strong>{words.reasons[code][0]}</strong>
            </p>
            <p>
              <b>{words.doTitle}:</b> <Coded text={words.reasons[code][1]} />
            </p>
            {page !== undefined && (
              <p>
                <a href={hrefOf(page, { camera: id })}>{words.toPage(pages[page])}</a>
              </p>
            )}
            {detail !== null && (
              <details>
                <summary>{words.told}</summary>
                <p lang="en">{detail}</p>
              </details>
            )}
          </div>
        );
      })}
    </div>
  );
}
