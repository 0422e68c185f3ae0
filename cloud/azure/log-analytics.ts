import {spare} from "../description.ts";
import {arm} from "./arm.ts";

export const logAnalytics = [
  arm("operationalinsights:Workspace", {
    path: "Microsoft.OperationalInsights/workspaces/{workspaceName}",
    purpose: "keeps what containers write and what the API servers were asked",
    price: {use: "$2.30 to $3.34 a GB"},
    loss: {...spare("every log line"), sole: true},
    summary: (at) => [`kept ${at("retentionInDays")} days`],
  }),
];
