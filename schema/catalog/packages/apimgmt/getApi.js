// wsk api list and wsk api get: the caller's APIs.

// A whole number that wsk sends as text.
function number(value, otherwise) {
  const n = Number(value);
  return value !== undefined && Number.isInteger(n) && n >= 0 ? n : otherwise;
}

function main(params) {
  return answer(async () => {
    const found = await find(params, tenant(params), params.basepath);
    const skip = number(params.skip, 0);
    // wsk's limit 0 is none.
    const limit = number(params.limit, 0) || found.length;
    return { apis: found.slice(skip, skip + limit).map((api) => ({ id: "Not Used", key: "Not Used", value: told(api) })) };
  });
}
