import {allButFirst, table} from "../dns/table.ts";
import type {Figures, Measure} from "./measures.ts";
import {median} from "./numbers.ts";
import {type Column, plans} from "./plans.ts";
import type {Row} from "./rows.ts";

/** One measure of one row in one round: its figures, or what went wrong. */
export interface Result {
  readonly measure: Measure;
  readonly row: Row;
  readonly round: number;
  readonly figures?: Figures;
  readonly fault?: string;
}

/** Medians of all rounds, a row for each target; with more than one round the least and the most too. */
export function report(measure: Measure, results: readonly Result[]): string {
  const {about, columns} = plans[measure];
  const mine = results.filter((result) => result.measure === measure);
  const rows = [...new Set(mine.map(({row}) => row))];
  const shown = columns.filter(({key}) => valuesOf(mine, key).length > 0);
  const head = [measure, ...shown.map(({title}) => title)];
  const body = rows.map((row) => [row, ...cells(mine, row, shown)]);
  return [about, ...table([head, ...body], allButFirst)].join("\n");
}

function cells(results: readonly Result[], row: Row, columns: readonly Column[]): string[] {
  const own = results.filter((result) => result.row === row);
  const fault = own.find(({fault}) => fault !== undefined)?.fault;
  if (fault !== undefined) return [`FAILED: ${fault}`];
  const direct = results.filter((result) => result.row === "direct");
  return columns.map(({key, digits = 0, overDirect}) => {
    const values = valuesOf(own, key);
    if (values.length === 0) return "-";
    if (overDirect) return over(values, valuesOf(direct, key), digits);
    return spread(values, digits);
  });
}

function over(values: readonly number[], direct: readonly number[], digits: number): string {
  if (direct.length === 0) return "-";
  return shown(median(values) - median(direct), digits);
}

function spread(values: readonly number[], digits: number): string {
  const middle = shown(median(values), digits);
  const [least, most] = [Math.min(...values), Math.max(...values)].map((each) =>
    shown(each, digits),
  );
  return least === most ? middle : `${middle} (${least}-${most})`;
}

export function valuesOf(results: readonly Result[], key: string): number[] {
  return results.map(({figures}) => figures?.[key]).filter((value) => value !== undefined);
}

function shown(value: number, digits: number): string {
  return value.toLocaleString("en", {minimumFractionDigits: digits, maximumFractionDigits: digits});
}
