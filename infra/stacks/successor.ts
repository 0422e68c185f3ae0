import {runtime} from "@pulumi/pulumi";

/**
 * Makes Pulumi create a replacement before it deletes the old resource. Call it before a program creates
 * anything. azure-native deletes first whenever a resource has an explicit name, as all of ours do
 * (https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/provider/provider.go, Diff). Azure
 * refuses a replacement of the same name while the old resource exists: `up` stops, and nothing is lost.
 * Resources that must be deleted first set `deleteBeforeReplace` themselves.
 */
export function successorsFirst(): void {
  runtime.registerStackTransformation(({type, props, opts}) =>
    type.startsWith("azure-native:")
      ? {props, opts: {deleteBeforeReplace: false, ...opts}}
      : undefined,
  );
}
