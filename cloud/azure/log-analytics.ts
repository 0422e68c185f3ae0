import {spare} from "../description.ts";
import {arm, plainly} from "./arm.ts";

export const logAnalytics = [
  arm("operationalinsights:Workspace", "Microsoft.OperationalInsights/workspaces/{workspaceName}", {
    purpose: "keeps what containers write and what the API servers were asked",
    price: {use: "$2 to $3 a GB"},
    loss: {...spare("every log line"), sole: true},
    summary: (at) => [`kept ${at("retentionInDays")} days`],
    name: plainly(
      /^(?=.{4,63}$)[a-zA-Z\d][a-zA-Z\d-]*[a-zA-Z\d]$/,
      "4 to 63 letters, digits and '-', a letter or digit first and last",
    ),
  }),
];
