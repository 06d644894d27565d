// One build is served by several processes; the environment of each says which store it uses. The types are checked by
// the part `types` of the tests, with the declarations that the documents give.
export default { poweredByHeader: false, typescript: { ignoreBuildErrors: true } };
