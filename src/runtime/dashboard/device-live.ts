import { nowRoutes } from '../../dashboard/api/now.js';
import type { HttpRoute } from '../../foundation/http-route.js';
import type { Part } from '../../foundation/part.js';
import type { Frame } from '../../frame/frame.js';
import type { FrameResult } from '../../frame/frame-result.js';
import type { FrameTap } from '../../frame/frame-taps.js';
import type { QualityCeiling } from '../tuning/quality-ceiling.js';
import { LiveAnswers } from './live-answers.js';
import { LivePictures } from './live-pictures.js';
import { type NowParts, nowPort } from './now.js';

export interface DeviceLiveParts extends Omit<NowParts, 'answers' | 'pictures'> {
  readonly ceiling: QualityCeiling;
}

/** What is looked at live: pictures and answers of the cameras, while somebody looks. */
export class DeviceLive implements Part, FrameTap {
  readonly name = 'live';
  readonly essential = false;
  readonly routes: readonly HttpRoute[];
  readonly answers: LiveAnswers;
  readonly pictures: LivePictures;

  constructor({ ceiling, ...parts }: DeviceLiveParts) {
    this.answers = new LiveAnswers(() => parts.models.current?.classes ?? []);
    this.pictures = new LivePictures({ ceiling });
    this.routes = nowRoutes(nowPort({ ...parts, answers: this.answers, pictures: this.pictures }));
  }

  start(): void {
    // it begins with the first who looks
  }

  /** Ends the streams, before the server that sends them. */
  async stop(): Promise<void> {
    this.answers.stop();
    await this.pictures.stop();
  }

  wants(camera: string): boolean {
    return this.pictures.wants(camera);
  }

  take(frame: Frame, result: FrameResult): void {
    this.pictures.take(frame, () => this.answers.answerOf(result));
  }
}
