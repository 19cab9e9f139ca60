import { useEffect, useState } from 'preact/hooks';
import { type Trouble, troubleOf } from '../../../data/api.ts';
import { Problem } from '../../../kit/state.tsx';
import { useWords } from '../../../words/language.ts';
import { evidenceWords } from './evidence-words.ts';

interface ShotPicture {
  readonly role: string;
  /** On its button. */
  readonly label: string;
  readonly load: () => Promise<Blob>;
}

interface ShotProps {
  readonly title: string;
  readonly about: string;
  /** Of the record, for who cannot see its picture. */
  readonly name: string;
  readonly pictures: readonly ShotPicture[];
}

export const shotButton = (role: string, label: string, load: () => Promise<Blob>): ShotPicture => ({
  role,
  label,
  load,
});

/** A record of evidence, whose pictures come when somebody asks for them and go with the page. */
export function Shot({ title, about, name, pictures }: ShotProps) {
  const words = useWords(evidenceWords);
  const [source, setSource] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  useEffect(() => () => URL.revokeObjectURL(source ?? ''), [source]);
  const show = async ({ role, load }: ShotPicture): Promise<void> => {
    setTrouble(null);
    setBusy(role);
    try {
      setSource(URL.createObjectURL(await load()));
    } catch (error) {
      setTrouble(troubleOf(error));
    } finally {
      setBusy(null);
    }
  };
  return (
    <>
      <strong>{title}</strong>
      <br />
      <span class="soft">{about}</span>
      <div class="buttons">
        {pictures.map((picture) => (
          <button key={picture.role} type="button" disabled={busy !== null} onClick={() => void show(picture)}>
            {busy === picture.role ? words.asking : picture.label}
          </button>
        ))}
      </div>
      {trouble !== null && <Problem trouble={trouble} />}
      {source !== null && <img src={source} alt={words.picture(name)} />}
    </>
  );
}
