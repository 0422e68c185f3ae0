/** OpenAI's list of models, with the capabilities that editors choose a completion model by. */
export function modelList(models: readonly string[]) {
  const data = models.map((name) => ({
    id: name,
    object: "model",
    owned_by: "meridian",
    name,
    version: name,
    capabilities: {type: "completion", family: name, object: "model_capabilities"},
  }));
  return {object: "list", data};
}
