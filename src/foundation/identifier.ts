/** `IDENTIFIER` as a part of larger patterns. */
export const IDENTIFIER_PATTERN = '[A-Za-z0-9][A-Za-z0-9_-]{0,62}';

/** A name that may stand as one level of an MQTT topic, as a metric label and in a file name, and needs quoting in none. */
export const IDENTIFIER = new RegExp(`^${IDENTIFIER_PATTERN}$`);

/** What `IDENTIFIER` lets through, for messages: `expected …`. */
export const IDENTIFIER_IN_WORDS = '1 to 63 letters, digits, - or _, starting with a letter or digit';
