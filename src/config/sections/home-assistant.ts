import { z } from '../../foundation/validate.js';
import { flag } from '../key-types.js';

/** `homeAssistant`: the device introduces itself to a Home Assistant that listens to the same broker. */
export const homeAssistant = z.strictObject({
  enabled: flag({
    description: 'Publish a discovery message, so that the device and its cameras appear there.',
  }).default(false),
  discoveryPrefix: z
    .string()
    .regex(/^[^+#\p{C}/]{1,64}(\/[^+#\p{C}/]{1,64}){0,3}$/u, 'expected 1 to 4 topic levels without + and #')
    .meta({ description: 'As in the settings of its MQTT integration.' })
    .default('homeassistant'),
  alerts: flag({ description: 'A binary sensor for each alert that this device may raise, about 40 of them.' }).default(
    true,
  ),
});
