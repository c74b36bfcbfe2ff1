// The namespace of whoever invokes it.
const main = () => ({ namespace: process.env.__OW_NAMESPACE });
