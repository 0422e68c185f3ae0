import {runtime} from "@pulumi/pulumi";

/**
 * To be called by a stack's program before it makes anything: of what cannot change in place, the successor
 * comes before its predecessor goes. azure-native has it the other way round for whatever bears a name of its
 * own (https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/provider/provider.go, Diff), and all of
 * ours does. A successor of the same name is refused while its predecessor is there: `up` stops, and nothing
 * is lost. Those that are to go first say so themselves.
 */
export function successorsFirst(): void {
  runtime.registerStackTransformation(({type, props, opts}) =>
    type.startsWith("azure-native:")
      ? {props, opts: {deleteBeforeReplace: false, ...opts}}
      : undefined,
  );
}
