/**
 * The program as a library: `import { configSchema, EdgeError } from 'edge-inference-optimizer'`. Importing it starts nothing
 * and reads nothing.
 */
export { type CameraConfig, type Config, configSchema } from './config/config.js';
export { ConfigError, EdgeError, type ErrorCode, type ErrorContext, explain } from './foundation/errors.js';
export { type Detections, STRIDE } from './frame/detections.js';
export type { FrameResult, Origin } from './frame/frame-result.js';
