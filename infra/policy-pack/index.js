import {RunError} from "@pulumi/pulumi";
import {whyNoTypescript} from "../../setup/node.js";

const fault = whyNoTypescript();
if (fault) throw new RunError(fault);
void import("./serve.ts");
