const main = (params) => feed(params, { type: "once" });
