import { z } from '../../foundation/validate.js';
import { inputFile } from '../key-types.js';

/** A public key as `edge-optimizer command keygen` prints it. */
export const configuredKey = z
  .string()
  .regex(
    /^ed25519:[A-Za-z0-9+/]{43}=$/,
    'expected a public key as `edge-optimizer command keygen` prints it: ed25519: and 44 characters of base64',
  );

/** `commands`: who may command the device over MQTT. */
export const commands = z.strictObject({
  publicKeys: z.array(configuredKey).max(16).default([]).meta({
    description:
      'Public keys that may sign commands, as `edge-optimizer command keygen` prints them; several while keys are exchanged. Without any only ping and rebirth are obeyed.',
  }),
  publicKeyFile: inputFile({
    description: 'File with further public keys: one a line, or PEM.',
  }).optional(),
  siteKeyFile: inputFile({
    description:
      'PEM private key that all devices of the site have, made by `edge-optimizer command keygen`: signs what cache.shareInvalidations tells, and nothing else.',
  }).optional(),
});
