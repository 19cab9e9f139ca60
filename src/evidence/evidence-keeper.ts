import { explain } from '../foundation/errors.js';
import type { EvidenceChain } from './chain/chain.js';
import type { EvidenceDraft, EvidenceRecord } from './chain/record.js';
import { EvidenceQueue } from './evidence-queue.js';
import type { EvidenceDropCause } from './metrics.js';
import type { RipeEvidence } from './stills/camera-stills.js';
import type { MadeStills, StillPictures } from './stills/still-pictures.js';

/** A piece of evidence that is to be made, and where it goes. */
export interface EvidenceJob extends RipeEvidence {
  readonly camera: string;
  readonly chain: EvidenceChain;
  /** Areas of the camera's picture that were black in its frames. */
  readonly masks: number;
  /** That a picture may have that is made now. */
  readonly stillBytes: () => number;
  readonly draft: (privacy: MadeStills['privacy']) => EvidenceDraft;
}

export interface EvidenceKeeperOptions {
  readonly pictures: StillPictures;
  readonly kept: (record: EvidenceRecord, delayMs: number) => void;
  /** @param reason for people; null where there is no more to say */
  readonly dropped: (camera: string, cause: EvidenceDropCause, reason: string | null) => void;
  /** ms that only go forward. */
  readonly now: () => number;
}

/** Pieces that wait: each holds a whole picture, of a camera of 640x360 some 0.4 MB. */
const MOST_JOBS = 16;
/** Errors of a disk that has no room, or takes nothing. */
const DISK = /^E(?:NOSPC|DQUOT|ROFS|IO|ACCES|PERM|MFILE|NFILE)$/;

/** Makes evidence out of events and pictures, one piece at a time, beside the frames. */
export class EvidenceKeeper {
  readonly #options: EvidenceKeeperOptions;
  readonly #queue: EvidenceQueue<EvidenceJob>;
  #working: Promise<void> | null = null;

  constructor(options: EvidenceKeeperOptions) {
    this.#options = options;
    this.#queue = new EvidenceQueue(MOST_JOBS, ({ camera }) => options.dropped(camera, 'busy', null));
  }

  add(job: EvidenceJob): void {
    this.#queue.add({ job, isInfraction: job.event.kind === 'infraction' });
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
    });
  }

  /** Resolves once nothing waits. */
  async settled(): Promise<void> {
    while (this.#working !== null) await this.#working;
  }

  async #work(): Promise<void> {
    for (let job = this.#queue.next(); job !== null; job = this.#queue.next()) await this.#make(job);
  }

  async #make({ camera, chain, masks, stillBytes, material, draft, happenedAt }: EvidenceJob): Promise<void> {
    const { pictures, kept, dropped, now } = this.#options;
    try {
      const made = await pictures.make(material, masks, stillBytes);
      const record = await chain.append(draft(made.privacy), made.pictures);
      kept(record, now() - happenedAt);
    } catch (error) {
      const isDisk = DISK.test((error as NodeJS.ErrnoException)?.code ?? '');
      dropped(camera, isDisk ? 'disk' : 'failed', explain(error));
    }
  }
}
