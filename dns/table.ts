/** Which columns are aligned right. Their index and cells, without the head. */
type Alignment = (column: number, cells: readonly string[]) => boolean;

/** Columns of nothing but numbers. */
const numbers: Alignment = (_, cells) =>
  cells.every((cell) => cell === "" || /^[\d.]+%?$/.test(cell));

/** Every column but the first. */
export const allButFirst: Alignment = (column) => column > 0;

/**
 * The lines of a table of texts, with columns two spaces apart. The first row is the head; a row may be
 * shorter than others.
 */
export function table(
  rows: readonly (readonly string[])[],
  isRight: Alignment = numbers,
): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const columns = Array.from({length: count}, (_, column) => {
    const cells = rows.map((row) => row[column] ?? "");
    const width = Math.max(...cells.map((cell) => cell.length));
    return isRight(column, cells.slice(1))
      ? (cell: string) => cell.padStart(width)
      : (cell: string) => cell.padEnd(width);
  });
  return rows.map((row) =>
    columns
      .map((aligned, column) => aligned(row[column] ?? ""))
      .join("  ")
      .trimEnd(),
  );
}

/** `A, B, C and 4 more`: at most as many names as a reader takes in. */
export function listed(names: readonly string[], limit = 3): string {
  const shown = names.slice(0, limit).join(", ");
  return names.length > limit ? `${shown} and ${names.length - limit} more` : shown;
}
