import assert from "node:assert/strict";
import {test} from "node:test";
import {event} from "../proxy/rig.ts";
import {type Reaction, reactionTo, reactionToNoToken} from "./reaction.ts";

type Given = [status: number, code: number, headers: Record<string, string>, text: string];

const id = {"x-github-request-id": "1"};
const nothing = {sees: "nothing"} as const;

const answers: Record<string, [Given, Reaction]> = {
  whole: [[200, 0, {}, event("a") + event("b")], {sight: {sees: "text", text: "ab"}}],
  "ended too early": [[200, 0, {}, event("a")], {sight: {sees: "text", text: "a"}}],
  "events without a text": [
    [200, 0, {}, `data: {"choices": []}\n\n${event("a")}data: one\n\ndata: [DONE]\n\n`],
    {sight: {sees: "text", text: "a"}},
  ],
  "reset by 2": [[200, 2, {}, event("a")], {sight: nothing}],
  "a token refused": [[401, 0, id, ""], {sight: nothing, exchange: true}],
  "a quota used up": [[402, 0, id, ""], {sight: {sees: "limit"}, stop: true}],
  busy: [[429, 0, {...id, "retry-after": "5"}, ""], {sight: nothing, silentMs: 5000}],
  "busy for no one knows how long": [[429, 0, id, ""], {sight: nothing, silentMs: 10_000}],
  "too old": [[466, 0, id, "Update."], {sight: {sees: "prompt", text: "Update."}}],
  "no id": [[404, 0, {}, ""], {sight: {sees: "firewall"}}],
  failed: [[503, 0, {"retry-after": "60"}, ""], {sight: nothing}],
  "no answer, reset by 0": [[0, 0, {}, ""], {sight: {sees: "hang"}}],
  "no answer, reset by 8": [[0, 8, {}, ""], {sight: {sees: "hang"}}],
  "no answer, refused": [[0, 7, {}, ""], {sight: nothing, retry: true}],
};

const noTokens: Record<string, [Given, Reaction]> = {
  "a credential refused": [[401, 0, id, ""], {sight: {sees: "signed out"}, stop: true}],
  "a user without a seat": [[403, 0, id, ""], {sight: nothing}],
  "busy, too short": [[429, 0, {...id, "retry-after": "1"}, ""], {sight: nothing, silentMs: 3000}],
  "busy, too long": [
    [429, 0, {...id, "retry-after": "99"}, ""],
    {sight: nothing, silentMs: 30_000},
  ],
  failed: [[503, 0, id, ""], {sight: nothing, silentMs: 3000}],
};

const answer = ([status, code, headers, text]: Given) => ({
  status,
  code,
  headers,
  text,
  firstByteMs: 0,
});

for (const [name, [given, expected]] of Object.entries(answers))
  test(`an editor's reaction to an answer: ${name}`, () =>
    assert.deepEqual(reactionTo(answer(given)), expected));

for (const [name, [given, expected]] of Object.entries(noTokens))
  test(`an editor's reaction to no token: ${name}`, () =>
    assert.deepEqual(reactionToNoToken(answer(given)), expected));
