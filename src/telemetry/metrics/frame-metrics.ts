import { type MetricRow, type Reading, THREE_DIGITS } from '../../foundation/metric-row.js';
import { ORIGINS } from '../../frame/frame-result.js';
import { INFERENCE_REASONS } from '../../frame/inference-reason.js';
import { type CameraMetrics, DROP_CAUSES, STAGES } from './camera-metrics.js';
import { mergedRecentQuantile } from './histogram.js';

/** The metrics of what became of the cameras' frames, and of the time that it took. */
export function frameMetrics(cameras: () => Iterable<CameraMetrics>): readonly MetricRow[] {
  const perCamera = (read: (camera: CameraMetrics) => number | null) =>
    function* (): Iterable<Reading<number>> {
      for (const camera of cameras()) yield [[camera.camera], read(camera)];
    };
  const stagesTogether = (q: number) =>
    function* (): Iterable<Reading<number>> {
      const all = [...cameras()];
      for (const stage of STAGES) {
        const latencies = all.map((camera) => camera.stage(stage));
        yield [[stage], mergedRecentQuantile(latencies, q)];
      }
    };
  return [
    {
      type: 'counter',
      name: 'frames_inferred',
      unit: 'frames',
      labels: ['camera'],
      step: 1,
      help: 'Frames answered by an inference.',
      read: perCamera((camera) => camera.inferredCount),
    },
    {
      type: 'counter',
      name: 'frames_answered',
      unit: 'frames',
      labels: ['camera', 'origin'],
      step: 1,
      help: `Frames that got an answer, by where it came from: ${ORIGINS.join(', ')}.`,
      *read() {
        for (const camera of cameras()) {
          for (const origin of ORIGINS) yield [[camera.camera, origin], camera.answeredCount(origin)];
        }
      },
    },
    {
      type: 'gauge',
      name: 'without_inference',
      unit: '',
      labels: ['camera'],
      step: 0.001,
      help: 'Share of the answers that took no inference, 0 to 1, since the start.',
      read: perCamera((camera) => camera.withoutInference),
    },
    {
      type: 'counter',
      name: 'frames_dropped',
      unit: 'frames',
      labels: ['camera', 'cause'],
      step: 1,
      help: `Frames that got no answer, by cause: ${DROP_CAUSES.join(', ')}.`,
      *read() {
        for (const camera of cameras()) {
          for (const cause of DROP_CAUSES) yield [[camera.camera, cause], camera.droppedCount(cause)];
        }
      },
    },
    {
      type: 'gauge',
      name: 'fps_inferred',
      unit: 'frames/s',
      labels: ['camera'],
      step: 0.1,
      help: 'Frames inferred per second, over the last 10 s.',
      read: perCamera((camera) => camera.inferredFps()),
    },
    {
      type: 'gauge',
      name: 'fps_wanted',
      unit: 'frames/s',
      labels: ['camera'],
      step: 0.1,
      help: 'Frames per second that would be inferred without answer.inferenceIntervalMs, over the last 10 s.',
      read: perCamera((camera) => camera.wantedFps()),
    },
    {
      type: 'counter',
      name: 'inferences_withheld',
      unit: 'frames',
      labels: ['camera'],
      step: 1,
      help: 'Frames whose inference was due and which were answered without it: answer.inferenceIntervalMs was not over, or no worker was there.',
      read: perCamera((camera) => camera.withheldCount),
    },
    {
      type: 'counter',
      name: 'inferences_due',
      unit: 'frames',
      labels: ['camera', 'reason'],
      step: 1,
      // for the diagnosis, which asks here: with eight series more a camera two births left the events of six cameras no room in the day's bytes
      mqtt: false,
      help: `Frames for which an inference was due, by why: ${INFERENCE_REASONS.join(', ')}.`,
      *read() {
        for (const camera of cameras()) {
          for (const reason of INFERENCE_REASONS) yield [[camera.camera, reason], camera.dueCount(reason)];
        }
      },
    },
    {
      type: 'gauge',
      name: 'vehicles',
      unit: 'vehicles',
      labels: ['camera'],
      step: 1,
      help: 'Vehicles in the latest answer.',
      read: perCamera((camera) => camera.vehiclesNow),
    },
    {
      type: 'gauge',
      name: 'latency_p50',
      unit: 'ms',
      labels: ['camera'],
      step: THREE_DIGITS,
      help: 'Median time from capture to the answer, over the last 10 to 20 s.',
      read: perCamera((camera) => camera.stage('total').recentQuantile(0.5)),
    },
    {
      type: 'gauge',
      name: 'latency_p95',
      unit: 'ms',
      labels: ['camera'],
      step: THREE_DIGITS,
      help: 'Time from capture to the answer that 95 % of the frames stay under, over the last 10 to 20 s.',
      read: perCamera((camera) => camera.stage('total').recentQuantile(0.95)),
    },
    {
      type: 'gauge',
      name: 'stage_p50',
      unit: 'ms',
      labels: ['stage'],
      step: THREE_DIGITS,
      help: `Median time in each stage, all cameras together, over the last 10 to 20 s: ${STAGES.join(', ')}.`,
      read: stagesTogether(0.5),
    },
    {
      type: 'gauge',
      name: 'stage_p95',
      unit: 'ms',
      labels: ['stage'],
      step: THREE_DIGITS,
      help: 'Time in each stage that 95 % of the frames stay under, all cameras together, over the last 10 to 20 s.',
      read: stagesTogether(0.95),
    },
    {
      type: 'histogram',
      name: 'stage_latency',
      unit: 'ms',
      labels: ['camera', 'stage'],
      help: 'Time of frames in each stage.',
      *read() {
        for (const camera of cameras()) {
          for (const stage of STAGES) yield [[camera.camera, stage], camera.stage(stage)];
        }
      },
    },
  ];
}
