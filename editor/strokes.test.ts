import assert from "node:assert/strict";
import {test} from "node:test";
import {habits, replay, type Stroke, seeded, typing} from "./strokes.ts";

const take = (strokes: Iterator<Stroke>, count: number) =>
  Array.from({length: count}, () => strokes.next().value as Stroke);

const shareOf = <Item>(items: readonly Item[], is: (item: Item) => boolean) =>
  items.filter(is).length / items.length;

test("people type as they were measured to: pace, looks and backspaces", () => {
  const strokes = take(typing(seeded(1)), 50_000);
  const keys = strokes.filter(({afterMs}) => afterMs < 700);
  const meanMs = keys.reduce((sum, {afterMs}) => sum + afterMs, 0) / keys.length;
  assert.ok(meanMs > 220 && meanMs < 280, `${meanMs}`);
  const deleted = shareOf(strokes, ({kind}) => kind === "delete");
  assert.ok(Math.abs(deleted - habits.deleted) < 0.005, `${deleted}`);
});

/** The share of requests whose person typed on, where a completion takes so many milliseconds. */
function typedThrough(answerMs: number): number {
  const random = seeded(7);
  const strokes = take(typing(random), 50_000);
  let [asked, left, sinceMs] = [0, 0, Number.POSITIVE_INFINITY];
  for (const {afterMs, kind} of strokes) {
    sinceMs += afterMs;
    if (kind === "key" && random() < habits.followed) continue;
    if (sinceMs >= habits.debounceMs && Number.isFinite(sinceMs)) {
      asked++;
      if (sinceMs < habits.debounceMs + answerMs) left++;
    }
    sinceMs = 0;
  }
  return left / asked;
}

test("of completions that take what the service's do, nearly half are typed through", () => {
  const share = typedThrough(180);
  assert.ok(share > 0.45 && share < 0.52, `${share}`);
  assert.ok(typedThrough(50) < share && share < typedThrough(400));
});

test("the same seed types the same; a trace is replayed from anywhere, again and again", () => {
  assert.deepEqual(take(typing(seeded(3)), 20), take(typing(seeded(3)), 20));
  const trace = [1, 2, 3].map((afterMs): Stroke => ({afterMs, kind: "key", size: 1}));
  assert.deepEqual(
    take(replay(trace, 2), 5).map(({afterMs}) => afterMs),
    [3, 1, 2, 3, 1],
  );
});
