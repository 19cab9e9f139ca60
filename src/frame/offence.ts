import { OFFENCES } from '../config/sections/infraction-rule.js';

export { OFFENCES };
export type Offence = (typeof OFFENCES)[number];
