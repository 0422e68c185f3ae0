import assert from "node:assert/strict";
import {spawn} from "node:child_process";
import {once} from "node:events";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {text} from "node:stream/consumers";
import {type TestContext, test} from "node:test";
import {fileURLToPath} from "node:url";
import {createGithub, MAX_CHARACTERS} from "./github.ts";

const MARKER = "<!-- meridian: what this pull request does -->";
const BOT = "github-actions[bot]";

interface Comment {
  id: number;
  login: string;
  body: string;
}

/** The part of GitHub's API that is used. It first answers with the statuses in `refuse`. */
async function startGithub(
  t: TestContext,
  {comments = [] as Comment[], refuse = [] as number[]} = {},
) {
  const asked: string[] = [];
  const issues: {id: number; title: string; body: string; state?: string; said: string[]}[] = [];
  const server = createServer(async (request, response) => {
    const {pathname, searchParams} = new URL(request.url!, origin());
    asked.push(
      `${request.method} ${pathname}${searchParams.get("page") ? ` page ${searchParams.get("page")}` : ""}`,
    );
    const body = JSON.parse((await text(request)) || "{}");
    const status = request.headers.authorization === "Bearer s3cret" ? refuse.shift() : 401;
    if (status)
      return void response.writeHead(status, {"retry-after": "7"}).end(`{"message": "no"}`);
    response.end(JSON.stringify(answer(request.method!, pathname, searchParams, body)));
  });
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const told = (kind: string, id: number) => ({
    url: `${origin()}/repos/o/r/${kind}/${id}`,
    html_url: `https://github.test/${kind}/${id}`,
  });

  function answer(
    method: string,
    path: string,
    query: URLSearchParams,
    body: {title: string; body: string; state?: string},
  ): unknown {
    const id = Number(path.split("/").at(-1));
    const said = issues[Number(/issues\/(\d+)\/comments$/.exec(path)?.[1]) - 1]?.said;
    if (said && method === "GET")
      return said.map((text, at) => ({...told("comments", at), body: text, user: {login: BOT}}));
    if (said) return told("comments", said.push(body.body));
    const page = (list: object[]) =>
      list.slice((Number(query.get("page")) - 1) * 100, Number(query.get("page")) * 100);
    if (path === "/repos/o/r/issues/7/comments") {
      if (method === "GET")
        return page(
          comments.map((one) => ({
            ...told("comments", one.id),
            body: one.body,
            user: {login: one.login},
          })),
        );
      comments.push({id: comments.length + 1, login: BOT, body: body.body});
      return told("comments", comments.length);
    }
    if (path === "/repos/o/r/issues") {
      if (method === "GET")
        return page(
          issues
            .filter(({state}) => state !== "closed")
            .map((one) => ({...told("issues", one.id), title: one.title, user: {login: BOT}})),
        );
      issues.push({id: issues.length + 1, said: [], ...body});
      return told("issues", issues.length);
    }
    const list: {id: number; body: string}[] = path.includes("/comments/") ? comments : issues;
    Object.assign(list.find((one) => one.id === id)!, body);
    return told(path.includes("/comments/") ? "comments" : "issues", id);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return {origin: origin(), comments, issues, asked};
}

const given = {NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE};

async function post(t: TestContext, api: string, args: string[], env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "meridian-post-"));
  t.after(() => rmSync(folder, {recursive: true}));
  writeFileSync(join(folder, "review.md"), "**Policy**\n");
  writeFileSync(join(folder, "eastus2"), "~ AgentPool ```");
  writeFileSync(join(folder, "long.md"), "0123456789\n".repeat(10_000));
  const process_ = spawn(
    process.execPath,
    [fileURLToPath(new URL("post.ts", import.meta.url)), ...args],
    {
      cwd: folder,
      env: {
        ...given,
        GITHUB_TOKEN: "s3cret",
        GITHUB_REPOSITORY: "o/r",
        GITHUB_API_URL: api,
        ...env,
      },
    },
  );
  const [[status], out, error] = await Promise.all([
    once(process_, "close"),
    text(process_.stdout),
    text(process_.stderr),
  ]);
  return {status, out, error};
}

const others = (count: number): Comment[] =>
  Array.from({length: count}, (_, at) => ({
    id: at + 1,
    login: "octocat",
    body: `${MARKER} not mine`,
  }));

test("one comment, found again behind pages of others', whoever copied its beginning", async (t) => {
  const github = await startGithub(t, {comments: others(250)});
  const first = await post(t, github.origin, ["--pull", "7", "review.md"]);
  const second = await post(t, github.origin, ["--pull", "7", "review.md", "eastus2"]);
  assert.deepEqual(
    [first, second],
    Array(2).fill({status: 0, out: "https://github.test/comments/251\n", error: ""}),
  );
  assert.deepEqual(github.comments.slice(250), [
    {
      id: 251,
      login: BOT,
      body: `${MARKER}\n**Policy**\n\n<details><summary>eastus2</summary>\n\n\`\`\`\`\n~ AgentPool \`\`\`\n\`\`\`\`\n</details>`,
    },
  ]);
  assert.deepEqual(github.asked.slice(4), [
    ...[1, 2, 3].map((page) => `GET /repos/o/r/issues/7/comments page ${page}`),
    "PATCH /repos/o/r/comments/251",
  ]);
});

test("one open issue of a title", async (t) => {
  const github = await startGithub(t);
  for (const file of ["review.md", "eastus2"])
    assert.deepEqual(await post(t, github.origin, ["--issue", "Drift: dns", file]), {
      status: 0,
      out: "https://github.test/issues/1\n",
      error: "",
    });
  assert.deepEqual(
    github.issues.map(({title, body}) => [title, body.includes("AgentPool")]),
    [["Drift: dns", true]],
  );
});

test("news of an issue is a comment, once; and it is closed when nothing is left", async (t) => {
  const github = await startGithub(t);
  const tell = (...args: string[]) =>
    post(t, github.origin, ["--issue", "Models that end", ...args]);
  for (const news of ["60 days", "60 days", "30 days"])
    assert.equal((await tell("--news", news, "review.md")).status, 0);
  assert.deepEqual(
    github.issues.map(({said, state}) => [said, state]),
    [[["60 days", "30 days"], undefined]],
  );
  assert.equal((await tell("--close")).out, "https://github.test/issues/1\n");
  assert.equal(github.issues[0]?.state, "closed");
  assert.equal((await tell("--close")).out, "no such issue is open\n");
  await tell("--news", "0 days", "review.md");
  assert.deepEqual(
    github.issues.map(({said}) => said),
    [["60 days", "30 days"], ["0 days"]],
  );
});

test("what is too long is cut, with a link to the rest", async (t) => {
  const github = await startGithub(t);
  const env = {GITHUB_SERVER_URL: "https://github.test", GITHUB_RUN_ID: "42"};
  const {status} = await post(t, github.origin, ["--pull", "7", "long.md"], env);
  const [{body} = {body: ""}] = github.comments;
  assert.equal(status, 0);
  assert.ok(body.length <= MAX_CHARACTERS && body.length > MAX_CHARACTERS - 100, `${body.length}`);
  assert.match(
    body,
    /0123456789\n\n\nCut here: .* \[artifacts of the run\]\(https:\/\/github\.test\/o\/r\/actions\/runs\/42\)\.\n$/,
  );
});

test("GitHub is asked again where it is busy, as late as it says", async (t) => {
  const {origin: api, asked} = await startGithub(t, {refuse: [503, 429, 403]});
  const waits: number[] = [];
  const wait = async (ms: number) => void waits.push(ms);
  const github = createGithub({api, repository: "o/r", token: "s3cret", author: BOT, wait});
  assert.equal(await github.writeComment(7, MARKER, "x"), "https://github.test/comments/1");
  assert.deepEqual([waits, asked.length], [[7000, 7000, 7000], 5]);
});

test("what GitHub refuses is told, without the token", async (t) => {
  const {origin} = await startGithub(t);
  const {status, out, error} = await post(t, origin, ["--pull", "7", "review.md"], {
    GITHUB_TOKEN: "other",
  });
  assert.deepEqual([status, out], [1, ""]);
  assert.match(error, /^GET .*: 401 .*; the workflow's job needs pull-requests: write/);
  assert.doesNotMatch(error, /other/);
});

test("what belongs to issues, and what to open ones, is told", async (t) => {
  const {status, error} = await post(t, "", ["--pull", "7", "--close", "--news", "x", "review.md"]);
  assert.equal(status, 2);
  assert.match(
    error,
    /--close: takes no file.*\n.*--close and --news.*\n.*--close: of an issue.*\n.*--news: of an issue/,
  );
});

test("all that is wrong with the arguments at once", async (t) => {
  const {status, error} = await post(t, "", ["--pull", "x"], {
    GITHUB_TOKEN: "",
    GITHUB_REPOSITORY: "",
  });
  assert.equal(status, 2);
  assert.match(
    error,
    /^npm run post cannot begin:\n {2}- --pull x: give its number\n {2}- name a file to tell\n {2}- GITHUB_TOKEN is not set.*\n {2}- GITHUB_REPOSITORY is not set.*\n--help/,
  );
});
