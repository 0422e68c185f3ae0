import {test} from "node:test";
import {holdIdle} from "./idle.rig.ts";

test("500 connections that say nothing harm no other, and what they hold is given back", (t) =>
  holdIdle(t, 500));
