export default {
  poweredByHeader: false,
  experimental: { serverActions: { bodySizeLimit: "64mb" } },
};
