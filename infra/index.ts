import {getStack} from "@pulumi/pulumi";
import {readWorld} from "../regions/read.ts";
import {programOf} from "./stacks/stacks.ts";

/** What `pulumi up --stack NAME` runs. */
export default () => programOf(readWorld(), getStack())();
