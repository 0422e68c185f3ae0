import {test} from "node:test";
import {fuzz} from "./fuzz.cases.ts";

test("twenty thousand frames, changed at random, end no more than their connections", (t) =>
  fuzz(t, 20_000));
