"use strict";

// What feed actions share: they hand on what a trigger wants to hear to the service
// beside the provider, which asks the API whether the key is the trigger's.

const methods = { CREATE: "POST", READ: "GET", UPDATE: "PUT", DELETE: "DELETE" };

// The parameters of OpenWhisk's own, of the package and of the protocol of feeds; the
// rest is the trigger's.
const taken = ["lifecycleEvent", "triggerName", "authKey", "feedUrl"];

async function feed(params, more) {
  const method = methods[params.lifecycleEvent];
  if (!method) {
    return { error: "lifecycleEvent is " + JSON.stringify(params.lifecycleEvent) + ", not one of " + Object.keys(methods).join(", ") };
  }
  const name = String(params.triggerName || "").split("/").pop();
  if (!name || !params.authKey) {
    return { error: "a feed is invoked for a trigger: wsk trigger create NAME --feed ..." };
  }
  const body = Object.assign(Object.fromEntries(Object.entries(params).filter(([key]) => !taken.includes(key) && !key.startsWith("__ow_"))), more);
  const url = params.feedUrl + "/" + encodeURIComponent(process.env.__OW_NAMESPACE) + "/" + encodeURIComponent(name);
  const bare = method === "GET" || method === "DELETE";
  const options = { method, authorization: "Basic " + Buffer.from(params.authKey).toString("base64"), timeout: 15000, tries: 3 };
  try {
    const answer = await send(url, options, bare ? undefined : body);
    return answer.status === 200 ? answer.body : { error: answer.body.error || "the provider's service answered " + answer.status };
  } catch (e) {
    return { error: "the provider's service does not answer: " + (e.code || e.message) };
  }
}
