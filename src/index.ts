/**
 * The program as a library: `import { createEngine } from 'edge-inference-optimizer'`. Importing it starts nothing, reads
 * nothing and prints nothing.
 */
export type { Cache } from './cache/cache.js';
export type { CachedOptions } from './cache/cached.js';
export { cached, defaultCache } from './cache/default-cache.js';
export type { EntryOptions } from './cache/options.js';
export type { PushedPicture } from './capture/push-source.js';
export type { Source, SourceHealth } from './capture/source.js';
export { type CameraConfig, type Config, configSchema } from './config/config.js';
export { monitored, monitorQuery, queryMonitor } from './database/monitor/default-query-monitor.js';
export type { QueryStatistics } from './database/monitor/query-record.js';
export {
  ConfigError,
  DetectorError,
  EdgeError,
  type ErrorCode,
  type ErrorContext,
  explain,
  ModelError,
  SourceError,
} from './foundation/errors.js';
export { type Detections, STRIDE } from './frame/detections.js';
export type { Frame } from './frame/frame.js';
export type { FrameResult, Origin } from './frame/frame-result.js';
export type { PictureBox } from './frame/picture-box.js';
export { optimizationEngine } from './runtime/default-engine.js';
export type { ModelInUse } from './runtime/detector/model-generation.js';
export type { PictureBoxes } from './runtime/detector/picture-detector.js';
export type { ModelChoice } from './runtime/detector/wanted-point.js';
export {
  createEngine,
  type Engine,
  type EngineConfig,
  type EngineEvents,
  type EngineOptions,
} from './runtime/engine.js';
export type { RuntimeEvent } from './runtime/runtime.js';
export type { CameraStatus, RuntimeStatus } from './runtime/status.js';
export type { StillPicture } from './schedule/one-shot.js';
export { measurePerformance, performanceMonitor } from './telemetry/performance/default-monitor.js';
export type { LoadSummary } from './telemetry/performance/load-window.js';
export type { OperationSummary, SlowestCall } from './telemetry/performance/operation.js';
export type { PerformanceMonitor, PerformanceSummary } from './telemetry/performance/performance-monitor.js';
export type { BackgroundJobStatus, BackgroundListener } from './tune/background/background-job.js';
export {
  BackgroundOptimizer,
  type BackgroundOptimizerOptions,
  startBackgroundOptimizer,
} from './tune/background/background-optimizer.js';
export type { OptimizationEngine, OptimizeSystemOptions } from './tune/engine/optimization-engine.js';
export type { OptimizationReport, StrategyReport, StrategyStatus } from './tune/engine/report.js';
export type { Optimization, OptimizationStrategy, ProposedChange, Score, Undo } from './tune/optimization-strategy.js';
export type { EndedTrial, TrialRecord } from './tune/trials/trial.js';
