import type { RuntimeStatus } from '../../src/runtime/status.js';

/** What a runtime says that has no camera, no broker and no trouble; tests say what is different. */
export const IDLE_STATUS: RuntimeStatus = {
  uptimeS: 12,
  model: 'roadside-n',
  variant: 'fp32-416x256',
  provider: 'cpu',
  refusedProviders: [],
  workers: [],
  machine: {
    cpuPercent: null,
    memoryPercent: null,
    memoryBytes: null,
    temperature: null,
    diskFreeBytes: null,
    throttledBy: [],
    isClockSynchronised: null,
  },
  tuning: {
    enabled: false,
    waitsFor: null,
    mode: 'balanced',
    pinned: [],
    knobs: null,
    lastChange: null,
    trial: null,
    decision: null,
  },
  idleProfiling: { state: 'off', detail: 'it is switched off', left: null },
  heldOff: [],
  cameras: [],
  latencyMs: { p50: null, p95: null },
  mqtt: { broker: null, connected: false, problem: null, complaints: [], queued: 0, dropped: 0, sent: 0, outbox: null },
  alerts: [],
  overrides: [],
  leftOut: [],
};
