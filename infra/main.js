import {getStack, RunError} from "@pulumi/pulumi";
import {whyNoTypescript} from "../setup/node.js";

/**
 * What `pulumi up --stack NAME` runs. Pulumi runs it with the `node` on PATH, which may be too old for the
 * rest; so this is JavaScript, and says so.
 */
export default async () => {
  const fault = whyNoTypescript();
  if (fault) throw new RunError(fault);
  const {readWorld} = await import("../regions/read.ts");
  const {programOf} = await import("./stacks/stacks.ts");
  return programOf(readWorld(), getStack())();
};
