const isNumber = (cell: string): boolean => /^[\d.]+%?$/.test(cell);

/** Lays out columns two spaces apart, numbers right-aligned. The first row is the header. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const columns = rows[0]!.map((_, index) => {
    const cells = rows.map((row) => row[index]!);
    return {
      width: Math.max(...cells.map((cell) => cell.length)),
      numbers: cells.slice(1).every((cell) => cell === "" || isNumber(cell)),
    };
  });
  return rows.map((row) =>
    row
      .map((cell, index) => {
        const {width, numbers} = columns[index]!;
        return numbers ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}

/** `A, B, C and 4 more`: at most as many names as a reader takes in. */
export function listed(names: readonly string[], limit = 3): string {
  const shown = names.slice(0, limit).join(", ");
  return names.length > limit ? `${shown} and ${names.length - limit} more` : shown;
}
