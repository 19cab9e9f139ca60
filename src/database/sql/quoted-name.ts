/** A name of a table, column or index as it stands in a statement, whatever is in it. */
export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
