import assert from "node:assert/strict";
import {test} from "node:test";
import {sizeFault} from "./sizes.ts";

test("nothing is said of sizes that there are, of whatever series", () => {
  const sizes =
    "A1_v2 B2as_v2 B4ms D2_v3 D4s_v3 D4as_v4 D4ds_v5 D8s_v5 D96ads_v5 D16plds_v5 D48alds_v6 D128s_v6 D4 DS3_v2 DC4as_v5 E20s_v5 E4ds_v5 E104is_v5 E112ids_v6 E112iads_v5 E96ias_v4 E112ibds_v5 E80ids_v4 E32-8ds_v5 EC8as_v5 F8s_v2 FX12mds HB120rs_v3 L8s_v3 M64ms NC24ads_A100_v4 NC40ads_H100_v5 ND96isr_H100_v5 NV36ads_A10_v5";
  for (const size of sizes.split(" ")) assert.equal(sizeFault(`Standard_${size}`), undefined, size);
});

const faults: Record<string, string> = {
  Standard_D5ds_v5:
    "Standard_D5ds_v5 is not known here: there is none of 5 vCPUs; write Standard_D4ds_v5, or ask Azure by npm run preflight",
  Standard_D4sd_v5:
    "Standard_D4sd_v5 is not known here: no D series has the letters sd; write one such as Standard_D4ds_v5, or ask Azure by npm run preflight",
  Standard_Q4s_v5:
    "Standard_Q4s_v5 is of no series that is known here; write one such as Standard_D4ds_v5, or ask Azure by npm run preflight",
  Standard_large:
    "Standard_large is of no series that is known here; write one such as Standard_D4ds_v5, or ask Azure by npm run preflight",
};

for (const [size, fault] of Object.entries(faults))
  test(`${size} is told, with its mend`, () => assert.equal(sizeFault(size), fault));
