// wsk api delete: an API, a path of it, or a verb of a path. With its last path an
// API goes.

function main(params) {
  return answer(async () => {
    const who = tenant(params);
    refuse(params.basepath, "basepath is missing: the base path or the name of an API");
    refuse(params.relpath || !params.operation, "relpath is missing: an operation is one of a path");
    const found = await find(params, who, params.basepath);
    refuse(found.length > 0, "API '" + params.basepath + "' does not exist");
    refuse(found.length === 1, "several APIs are called '" + params.basepath + "': give the base path of one");
    const { artifact_id: id, open_api_doc: document } = found[0];
    if (params.relpath) {
      const path = document.paths[params.relpath];
      refuse(path, "path '" + params.relpath + "' does not exist in the API");
      const verb = (params.operation || "").toLowerCase();
      refuse(!verb || path[verb], "path '" + params.relpath + "' has no operation '" + verb + "'");
      for (const v of verbs.filter((v) => path[v] && (!verb || v === verb))) {
        takeOut(document, params.relpath, v);
      }
    }
    if (!params.relpath || Object.keys(document.paths).length === 0) {
      await erase(params, who, id);
    } else {
      await save(params, who, document, id);
    }
    return {};
  });
}
