/**
 * A table of texts for a terminal: the first row is its head, the first column is aligned left, the
 * others right.
 */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({length: columns}, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    widths
      .map((width, column) => aligned(row[column] ?? "", width, column))
      .join("  ")
      .trimEnd();
  return rows.map(line).join("\n");
}

function aligned(text: string, width: number, column: number): string {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}
