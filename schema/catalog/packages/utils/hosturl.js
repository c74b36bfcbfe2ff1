// The address of an action, a web action or a trigger of the caller's.
const extensions = ["", ".html", ".http", ".json", ".svg", ".text"];

function main({ web = false, ext = "", trigger = false, path = "" }) {
  const api = process.env.__OW_API_HOST + "/api/v1";
  const namespace = process.env.__OW_NAMESPACE;
  if (trigger && (web || path.includes("/"))) {
    return { error: "a trigger has no package, and is nothing on the web" };
  }
  if (!extensions.includes(ext)) {
    return { error: "ext has to be one of " + extensions.slice(1).join(", ") };
  }
  const base = web ? api + "/web/" + namespace : api + "/namespaces/" + namespace + (trigger ? "/triggers" : "/actions");
  if (path === "") {
    return { url: base };
  }
  return { url: base + "/" + (web && !path.includes("/") ? "default/" : "") + path + (web ? ext : "") };
}
