import type { GateReport } from '../../../src/optimize/gate/gate.js';
import type { Outcome, WorkshopReport } from '../../../src/optimize/workshop/outcome.js';

function sampleGate(f1: number, change: Partial<GateReport> = {}): GateReport {
  return {
    passed: f1 >= 0.97,
    reason: null,
    minF1: 0.97,
    frames: 40,
    f1,
    recall: f1,
    precision: f1,
    reference: 212,
    perClass: [{ name: 'car', f1, recall: f1, precision: f1, reference: 212 }],
    boxError: { meanIou: 0.96, p95CornerPx: 3.2 },
    scoreDrift: { mean: -0.002, p95: 0.031 },
    labelled: null,
    ...change,
  };
}

export function sampleOutcome(id: string, change: Partial<Outcome> = {}): Outcome {
  return {
    id,
    precision: 'int8',
    width: 416,
    height: 256,
    verdict: 'registered',
    reason: null,
    bytes: 1_400_000,
    gate: sampleGate(0.985),
    sizeGate: null,
    ap: null,
    accuracy: { metric: 'F1 against fp32 on 40 held-back frames (models optimize)', relativeToFp32: 0.985 },
    speed: { p50Ms: 2, p95Ms: 2.4, speedup: 2.5 },
    madeBy: 'edge-optimizer models optimize: int8',
    notes: [],
    ...change,
  };
}

/** A report of a reference, a variant that is recommended and one that was refused. */
export function sampleReport(change: Partial<WorkshopReport> = {}): WorkshopReport {
  return {
    model: 'junction',
    family: 'yolov8',
    licence: 'MIT',
    target: 'cpu',
    startedAt: Date.UTC(2026, 4, 1, 10, 30),
    tookMs: 480_000,
    device: 'a processor, 4 cores, linux x64',
    runtime: 'onnxruntime-node 1.29.0',
    reference: 'fp32-416x256',
    minF1: 0.97,
    scoreThreshold: 0.35,
    classes: ['car', 'truck'],
    frames: { from: 'monday.mp4', calibration: 60, validation: 30, heldBack: 40, labelled: 0, boxes: 212 },
    outcomes: [
      sampleOutcome('fp32-416x256', {
        precision: 'fp32',
        verdict: 'reference',
        bytes: 5_300_000,
        gate: null,
        accuracy: null,
        speed: { p50Ms: 5, p95Ms: 5.6, speedup: 1 },
      }),
      sampleOutcome('int8-fused-416x256'),
      sampleOutcome('int8-416x256', {
        verdict: 'refused',
        reason: 'F1 0.612 is below 0.97 of the parent’s',
        accuracy: null,
        speed: null,
        gate: sampleGate(0.612),
      }),
    ],
    recommended: 'int8-fused-416x256',
    int8: {
      method: 'entropy',
      scores: { 'min-max': 0.97, entropy: 0.985 },
      sensitivity: [
        { node: '/stem/Conv', op: 'Conv', sqnrDb: 31, scoreWithout: 0.985, keptInFloat: false, reason: null },
        { node: '/head/Conv', op: 'Conv', sqnrDb: 12, scoreWithout: 0.99, keptInFloat: true, reason: 'gains 0.005' },
      ],
    },
    disagreements: [
      {
        variant: 'int8-fused-416x256',
        parent: 'fp32-416x256',
        frame: 'monday.mp4 17',
        width: 64,
        height: 48,
        agreed: 1,
        missed: [1],
        added: [],
        parentRows: [4, 4, 20, 16, 0.9, 0, 40, 20, 60, 40, 0.5, 1],
        variantRows: [4, 4, 20, 16, 0.88, 0],
        jpeg: PIXEL,
      },
    ],
    notes: ['128 frames from monday.mp4'],
    dryRun: false,
    ...change,
  };
}

/** A grey JPEG of one pixel. */
const PIXEL = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AKp//2Q==',
  'base64',
);
