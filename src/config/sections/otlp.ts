import { z } from '../../foundation/validate.js';
import { inputFile, int, text } from '../key-types.js';

/** `otlp`: metrics for an OpenTelemetry collector. */
export const otlp = z.strictObject({
  url: z
    .string()
    .regex(/^(off|https?:\/\/[^\s]+)$/, 'expected off, or an address that begins with http:// or https://')
    .meta({
      description:
        'off, or where metrics are posted to as OTLP/HTTP in JSON: http://collector:4318/v1/metrics. Needs packages that do not come along; the error names them.',
    })
    .default('off'),
  intervalMs: int(1000, 3_600_000, { unit: 'ms', description: 'How often metrics are posted.' }).default(60_000),
  timeoutMs: int(100, 600_000, { unit: 'ms', description: 'Time allowed for one post.' }).default(10_000),
  tokenFile: inputFile({
    description: 'File with the token that the collector wants (or EDGE_OTLP_TOKEN); read at the start.',
  }).optional(),
  token: text({
    description: 'Token, from EDGE_OTLP_TOKEN or tokenFile only: refused in files and flags.',
    secret: true,
  }).optional(),
  tokenHeader: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, 'expected the name of a header: letters, digits and -')
    .meta({ description: 'Header that carries the token; in authorization it goes as `Bearer <token>`.' })
    .default('authorization'),
});
