/** A name as SQL takes it, whatever is in it. */
export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text as a literal of SQL. */
export const quotedText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
