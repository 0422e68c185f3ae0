import {type Fault, type Mapping, mapping} from "../meaning.ts";

/** Faults in what guards a service, beside its other keys. */
export function guardFaults(file: Mapping): Fault[] {
  const {encryption, existing} = mapping(file.service);
  if (encryption === undefined || mapping(existing).registry === undefined) return [];
  const message = "is of the registry that global makes, and yours is used instead; leave it out";
  return [{path: ["service", "encryption"], message}];
}
