const main = (params) => feed(params, { type: "interval" });
