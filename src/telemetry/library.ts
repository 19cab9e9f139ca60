/** What a program imports as `edge-inference-optimizer/telemetry`: its own work measured. Importing it starts nothing. */

export type { Alert, AlertDeclaration, Severity } from '../foundation/alert-declaration.js';
export { type MetricReading, type MetricRow, single, THREE_DIGITS } from '../foundation/metric-row.js';
export { type ActiveAlert, Alerts, type AlertTransition } from './alerts/alerts.js';
export { type ThresholdRule, ThresholdWatch } from './alerts/threshold-watch.js';
export { Histogram } from './metrics/histogram.js';
export { Metrics, type Sampled } from './metrics/metrics.js';
export { ProcessMetrics } from './metrics/process-metrics.js';
export { measurePerformance, performanceMonitor } from './performance/default-monitor.js';
export type { LoadCounts, LoadSummary } from './performance/load-window.js';
export type { OperationSummary, SlowestCall } from './performance/operation.js';
export { PerformanceMonitor, type PerformanceSummary } from './performance/performance-monitor.js';
export { ProgramTelemetry, type ProgramTelemetryOptions, type WatchedCache } from './performance/program-telemetry.js';
