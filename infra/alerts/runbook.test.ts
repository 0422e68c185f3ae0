import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {fullWorld} from "../fixture.ts";
import {gpuWorld} from "../gpus.ts";
import {annotationsOf} from "./prometheus.ts";
import {isAlert} from "./rule.ts";
import {runbooksIn} from "./runbook.ts";
import {groupsOf} from "./world.ts";

const alerts = [fullWorld, gpuWorld].flatMap(groupsOf).flatMap(({rules}) => rules.filter(isAlert));

describe("an alert says what to do, with nothing set", () => {
  for (const rule of new Map(alerts.map((rule) => [rule.alert, rule])).values())
    test(rule.alert, () => {
      const {runbook, ...rest} = annotationsOf(rule, undefined);
      assert.deepEqual(Object.keys(rest), ["summary", "description"]);
      assert.match(runbook, /\S{2,}.* More: docs\/runbooks\.md, "[A-Z][a-z ]+"\.$/);
      // Half of what Azure takes as the description of an alert rule.
      assert.ok(runbook.length <= 1024, `${runbook.length} characters`);
      assert.doesNotMatch(runbook, /\n|\]\(|\*\*|\{\{/);
    });
});

test("and links to where people read it, once that is set", () => {
  const {runbook_url} = annotationsOf(alerts[0]!, "https://wiki.example.com/runbooks");
  assert.equal(runbook_url, "https://wiki.example.com/runbooks#objective-missed");
});

describe("the text of a runbook", () => {
  const page = (todo: string) => `# Runbooks\n\n## Pods' end\n\n**Means.** x\n\n**Do.** ${todo}\n`;
  const cases: Record<string, [todo: string, text: string]> = {
    "is one line, without what comes after": ["One\ntwo.\n\n**Over** later.", "One two."],
    "is all paragraphs of it": ["One.\n\nTwo.\n\n**Over** later.", "One. Two."],
    "has no links": ["See [this](a.md#b).", "See this."],
    "has a table's rows as sentences": [
      "So:\n\n| a | write |\n|---|---|\n| `x` | y |\n",
      "So: `x`: y.",
    ],
  };
  for (const [name, [todo, text]] of Object.entries(cases))
    test(name, () => {
      const read = runbooksIn(page(todo)).get("pods-end");
      assert.equal(read, `${text} More: docs/runbooks.md, "Pods' end".`);
    });

  test("is missed where the page leaves it out", () => {
    const message = 'docs/runbooks.md: "Pods\' end" has no **Do.**';
    assert.throws(() => runbooksIn("## Pods' end\n\n**Means.** x\n"), {message});
  });
});
