// wsk api create: adds a path and a verb to an API, which is made with its first, or
// puts a whole document in an API's place.

function parsed(value, what) {
  if (typeof value !== "string") {
    return value;
  }
  try {
    return JSON.parse(value);
  } catch (e) {
    throw new Refusal(what + " is no JSON");
  }
}

// Package and name of an action: /namespace/package/name, package/name or name.
function parts(name) {
  const all = name.split("/").filter(Boolean);
  if (name.startsWith("/")) {
    all.shift();
  }
  refuse(all.length === 1 || all.length === 2, "the action's name " + JSON.stringify(name) + " is none");
  return { pack: all.length === 2 ? all[0] : "", action: all[all.length - 1] };
}

// Address of a web action, at the host at which its owner knows OpenWhisk.
function address(action, user, type) {
  const host = /^(https?:\/\/[^/\s]+(?:\/[^\s]*?)??)\/api\/v\d+\//.exec(action.backendUrl);
  refuse(host, "action.backendUrl is no address of an action: " + action.backendUrl);
  const namespace = action.namespace === "_" ? user : action.namespace;
  const { pack, action: name } = parts(action.name);
  const path = [namespace, pack || "default", name].map(encodeURIComponent).join("/");
  return { url: host[1] + "/api/v1/web/" + path + "." + type, namespace, package: pack, action: name };
}

// A name for an operation that no other path and verb of an API has: letters and
// digits as they are, anything else by its code.
const operationId = (verb, path) => verb + path.replace(/[^0-9A-Za-z]/g, (c) => (c === "/" ? "_" : "-" + c.codePointAt(0).toString(16)));

function emptyDocument(basePath, title) {
  return {
    swagger: "2.0",
    info: { title: title || basePath, version: "1.0.0" },
    basePath,
    paths: {},
    "x-ibm-configuration": { assembly: { execute: [] }, cors: { enabled: true } },
  };
}

function addOperation(document, doc, user, type) {
  const verb = doc.gatewayMethod.toLowerCase();
  refuse(verbs.includes(verb), "gatewayMethod is " + JSON.stringify(doc.gatewayMethod) + ", which is no verb");
  const path = doc.gatewayPath;
  if ((document.paths[path] || {})[verb]) {
    takeOut(document, path, verb);
  }
  const to = address(doc.action, user, type);
  const id = operationId(verb, path);
  document.paths[path] = Object.assign(document.paths[path] || {}, {
    [verb]: {
      operationId: id,
      parameters: doc.pathParameters,
      "x-openwhisk": { url: to.url, namespace: to.namespace, package: to.package, action: to.action },
      responses: { default: { description: "Default response" } },
    },
  });
  // An action behind a path with parameters gets the path.
  const execute = [{ invoke: { "target-url": to.url + (type === "http" ? "$(request.path)" : ""), verb: "keep" } }];
  if (doc.action.secureKey) {
    execute.push({ "set-variable": { actions: [{ set: "message.headers.X-Require-Whisk-Auth", value: doc.action.secureKey }] } });
  }
  cases(document).push({ operations: [id], execute });
}

const inBraces = (path) => (path.match(/\{[^/{}]+\}/g) || []).map((name) => name.slice(1, -1));

// What the gateway takes and would never serve.
function checkDocument(document) {
  refuse(typeof document.basePath === "string" && document.basePath.startsWith("/"), "the base path has to begin with \"/\"");
  refuse(inBraces(document.basePath).length === 0, "the base path " + document.basePath + " has parameters: they belong into a path below it");
  const configuration = document["x-gateway-configuration"] || document["x-ibm-configuration"];
  refuse(configuration && configuration.assembly && Array.isArray(configuration.assembly.execute),
    "the document has no x-ibm-configuration with assembly.execute: the gateway would not know what to call");
  for (const path of Object.keys(document.paths)) {
    const names = inBraces(path);
    for (const verb of verbs.filter((v) => names.length > 0 && document.paths[path][v])) {
      const operation = document.paths[path][verb];
      const given = [].concat(document.paths[path].parameters || [], operation.parameters || []).map((p) => p.name);
      const missing = names.find((name) => !given.includes(name));
      refuse(!missing, "the path " + path + " has {" + missing + "}, of which the parameters of " + verb + " say nothing");
      const to = (operation["x-openwhisk"] || {}).url;
      refuse(!to || to.endsWith(".http"), "a path with parameters needs the response type http, by which the action gets the path (wsk api create --response-type http)");
    }
  }
}

function readDocument(params) {
  const doc = parsed(params.apidoc, "apidoc");
  refuse(doc && typeof doc === "object", "apidoc is missing");
  if (doc.swagger) {
    refuse(!doc.gatewayBasePath, "swagger and gatewayBasePath exclude each other");
    const document = parsed(doc.swagger, "swagger");
    for (const field of ["basePath", "paths", "info"]) {
      refuse(document && document[field], "swagger has no " + field);
    }
    return { document, basePath: document.basePath };
  }
  for (const field of ["gatewayBasePath", "gatewayPath", "gatewayMethod", "action"]) {
    refuse(doc[field], "apidoc has no " + field);
  }
  for (const field of ["backendUrl", "namespace", "name"]) {
    refuse(typeof doc.action[field] === "string" && doc.action[field], "action has no " + field);
  }
  refuse(doc.gatewayPath.startsWith("/"), "the path has to begin with \"/\"");
  return { doc, basePath: doc.gatewayBasePath };
}

function main(params) {
  return answer(async () => {
    const who = tenant(params);
    const { document, doc, basePath } = readDocument(params);
    const type = params.responsetype || "json";
    refuse(/^[a-z]+$/.test(type), "the response type is " + JSON.stringify(type));
    const there = (await find(params, who, basePath))[0];
    const wanted = document || (there && there.open_api_doc) || emptyDocument(basePath, doc.apiName);
    if (doc) {
      addOperation(wanted, doc, params.__ow_user, type);
    }
    checkDocument(wanted);
    return told(await save(params, who, wanted, there && there.artifact_id));
  });
}
