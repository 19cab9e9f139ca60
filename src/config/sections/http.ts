import { z } from '../../foundation/validate.js';
import { flag, inputFile, int, text } from '../key-types.js';

/** `http`: the HTTP server for metrics and health. */
export const http = z.strictObject({
  enabled: flag({ description: 'Serve /metrics, /alerts, /healthz and /readyz.' }).default(true),
  host: text({
    description:
      'Address to listen on; anything but loopback needs a token. Without a token only what is asked of localhost or a loopback address is answered.',
  }).default('127.0.0.1'),
  port: int(0, 65535, { description: 'Port to listen on; 0 takes a free one.' }).default(9464),
  tokenFile: inputFile({
    description: 'File with the bearer token that requests must carry (or EDGE_HTTP_TOKEN); read at the start.',
  }).optional(),
  token: z
    .string()
    .min(16)
    .meta({
      description: 'Bearer token, from EDGE_HTTP_TOKEN or tokenFile only: refused in files and flags.',
      secret: true,
    })
    .optional(),
});
