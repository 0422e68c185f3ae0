import {test} from "node:test";
import {cases} from "./alerts.cases.ts";
import {promtool, rules, testFile, whyNotRun, written} from "./alerts.rig.ts";

const skip = whyNotRun("alerts.tour.ts");

for (const [name, told] of Object.entries(cases))
  test(`${name}: ${Object.keys(told.fires).join(", ") || "nothing"} fires`, {skip}, async (t) => {
    const file = JSON.stringify(testFile("rules.yaml", told));
    const path = written(t, {"rules.yaml": rules, "test.json": file});
    await promtool("test", "rules", path("test.json"));
  });
