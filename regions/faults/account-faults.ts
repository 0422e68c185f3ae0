import {type Fault, isText, type Mapping, mapping} from "../meaning.ts";
import {families, familyOf} from "../models/families.ts";

/** The publisher of the models that accounts of kind OpenAI may deploy. */
const OURS = "OpenAI";

/** Models that only accounts of another kind may deploy: foundry-models/concepts/models-from-partners (2026-09). */
const OTHERS = [families.partners, families["gpt-oss"]];

/**
 * Models that the accounts of regions cannot deploy. A region's account is of kind OpenAI; partners' models are
 * sold to kind AIServices: https://learn.microsoft.com/rest/api/aifoundry/accountmanagement/models/list, `kind`.
 */
export const accountFaults = (models: Mapping): Fault[] =>
  Object.entries(models).flatMap(([name, value]) => {
    const {host = "azure", format = OURS, model} = mapping(value);
    if (host !== "azure" || !isText(format) || !isText(model)) return [];
    const family = familyOf(model);
    if (format === OURS && !OTHERS.includes(family)) return [];
    const path = ["models", name, format === OURS ? "model" : "format"];
    return [{path, message: `"${format === OURS ? model : format}" ${ELSEWHERE}`}];
  });

const ELSEWHERE =
  "is sold to accounts of kind AIServices alone, which regions do not have; make one yourself, give the model host: url, and name its address under hosts: docs/models.md#models-of-partners";
